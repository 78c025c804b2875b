import { fit, widthOf, type Side } from './cells'

/** A column of a table. */
export interface Column {
  readonly head: string
  readonly side?: Side | undefined
  /** The most columns of the terminal that it takes; without it, as many as its widest cell. */
  readonly most?: number | undefined
}

/** Space between two columns. */
const GAP = '  '

/** Rows as lines under a head, each column as wide as its widest cell. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map(({ head, most = Infinity }, at) => Math.min(most, Math.max(widthOf(head), ...rows.map((row) => widthOf(row[at] ?? '')))))
  const line = (cells: readonly string[]): string => columns.map(({ side }, at) => fit(cells[at] ?? '', widths[at] ?? 0, side)).join(GAP).trimEnd()
  return [line(columns.map(({ head }) => head)), ...rows.map(line)]
}
