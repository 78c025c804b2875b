/** A record of a CSV text: what `onError` decides about, and a dead letter holds. */
export interface CsvRecord {
  readonly fields: readonly string[]
  /** The line it ends on, counted from 1. */
  readonly line: number
}

/** A row by the names of its columns. It has no prototype to speak of: a column may have any name. */
export type CsvRow = Record<string, string>

/** A CSV text that is not what it should be. */
export class CsvError extends Error {
  override readonly name = 'CsvError'
  readonly code = 'SLUICE_CSV'

  constructor(
    readonly path: string,
    /** Undefined where it is not known. */
    readonly line: number | undefined,
    message: string,
    cause?: unknown,
  ) {
    super(`${path}${line === undefined ? '' : `, line ${line}`}: ${message}`, cause === undefined ? undefined : { cause })
  }
}

// Made by a constructor, so that the engine gives all rows one layout; `Object.create(null)` gives each a hash table.
const Row = function () {} as unknown as { new (): CsvRow; prototype: unknown }
Row.prototype = Object.freeze(Object.create(null))

/** The fields under their names. A name such as `__proto__` is one like any other here. */
export function toRow(names: readonly string[], fields: readonly string[]): CsvRow {
  const row = new Row()
  for (let i = 0; i < names.length; i++) row[names[i] as string] = fields[i] as string
  return row
}

/** Names have to differ, else one column would hide another. */
export function checkNames(place: string, names: readonly string[], line: number | undefined): readonly string[] {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) throw new CsvError(place, line, `two columns are called ${JSON.stringify(name)}`)
    seen.add(name)
  }
  return names
}
