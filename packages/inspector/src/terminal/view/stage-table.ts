import type { JointStats } from '@sluice/core'
import { bar } from '../text/bar'
import { fit, widthOf, type Side } from '../text/cells'
import { duration, percent, short } from '../text/figures'
import type { Paint } from '../text/paint'
import type { Row } from './rows'
import { LETTERS, mainState } from './shares'

/** Which columns there is room for. */
interface Part {
  readonly head: string
  readonly width: number
  readonly side: Side
  readonly cell: (row: Row) => string
}

const STATE: Part = { head: 'STATE', width: 15, side: 'left', cell: stateOf }
const RATE: Part = { head: 'OUT/s', width: 6, side: 'right', cell: ({ outRate }) => short(outRate) }
const QUEUE: Part = { head: 'QUEUE', width: 11, side: 'left', cell: ({ queue }) => (queue ? queueOf(queue) : '') }
const LOST: Part = { head: 'LOST', width: 5, side: 'right', cell: ({ lost }) => short(lost) }

const WIDE: readonly Part[] = [
  { head: 'IN/s', width: 6, side: 'right', cell: ({ inRate }) => (inRate === null ? '' : short(inRate)) }, RATE, STATE, QUEUE,
  { head: 'AGE', width: 6, side: 'right', cell: ({ queue, steps }) => { const age = queue?.oldestMs ?? oldestCall(steps); return age === null ? '' : duration(age) } },
  LOST, { head: 'FAIL', width: 5, side: 'right', cell: ({ failed }) => short(failed) },
]
const MEDIUM: readonly Part[] = [RATE, STATE, QUEUE, LOST]
const NARROW: readonly Part[] = [RATE, { ...STATE, head: '', width: 6, cell: letterOf }]

/** The stages of a run as lines; the first one is the head. */
export function stageTable(rows: readonly Row[], picked: number, culprit: string | undefined, columns: number, paint: Paint): string[] {
  const parts = columns >= 79 ? WIDE : columns >= 59 ? MEDIUM : columns >= 20 ? NARROW : []
  const others = parts.reduce((sum, { width }) => sum + width + 1, 2)
  const longest = Math.max(5, ...rows.map((row) => widthOf(nameOf(row))))
  const names = Math.max(1, Math.min(columns - others, longest))
  const line = (mark: string, name: string, cells: readonly string[]): string =>
    `${mark} ${fit(name, names)}${cells.map((cell, at) => ` ${fit(cell, parts[at]?.width ?? 0, parts[at]?.side)}`).join('')}`
  return [
    paint('dim', line(' ', 'STAGE', parts.map(({ head }) => head)).trimEnd()),
    ...rows.map((row, at) => {
      const mark = isCulprit(row, culprit) ? '▲' : ' '
      const text = line(mark, fromTheEnd(nameOf(row), names), parts.map(({ cell }) => cell(row)))
      if (at === picked) return paint('picked', text)
      return mark === '▲' ? paint('alarm', text) : row.ended || row.shares === undefined ? text : withState(text, row, paint)
    }),
  ]
}

/** Whether a stage of the row is the one that a finding names. */
export function isCulprit({ steps }: Row, culprit: string | undefined): boolean {
  return culprit !== undefined && steps.some(({ id }) => id === culprit)
}

/** The names of the stages in the order of the flow, as in `parse › valid`. */
export function nameOf({ names, alike }: Row): string {
  return names.join(' › ') + (alike > 1 ? ` ×${alike}` : '')
}

/** The end of a long name: the last stage is the one that has the task. */
function fromTheEnd(name: string, columns: number): string {
  const parts = name.split(' › ')
  while (parts.length > 1 && widthOf(`… › ${parts.join(' › ')}`) > columns) parts.shift()
  const kept = parts.join(' › ')
  return widthOf(name) <= columns ? name : `… › ${kept}`
}

function stateOf({ shares, ended }: Row): string {
  if (ended) return 'ended'
  if (shares === undefined) return ''
  const state = mainState(shares)
  return `${LETTERS[state]}${bar(shares[state], 8)} ${percent(shares[state])}`
}

function letterOf({ shares, ended }: Row): string {
  if (ended || shares === undefined) return ended ? 'ended' : ''
  const state = mainState(shares)
  return `${LETTERS[state]} ${percent(shares[state])}`
}

function queueOf({ size, capacity, weight, maxWeight }: JointStats): string {
  // Of two bounds the one that is nearer is what counts.
  const byWeight = weight !== null && maxWeight !== null && maxWeight > 0 && weight / maxWeight > size / (capacity ?? Infinity)
  const [held, most] = byWeight ? [weight, maxWeight] : [size, capacity]
  return most === null ? short(held) : `${short(held)}/${short(most)}${held >= most ? ' full' : ''}`
}

function oldestCall(steps: Row['steps']): number | null {
  return steps.reduce<number | null>((oldest, { calls }) => (calls?.oldestMs != null && calls.oldestMs > (oldest ?? -1) ? calls.oldestMs : oldest), null)
}

/** The bar in the colour of its state. */
function withState(text: string, { shares }: Row, paint: Paint): string {
  if (shares === undefined) return text
  const state = mainState(shares)
  const at = text.indexOf(`${LETTERS[state]}${bar(shares[state], 8)}`)
  return at < 0 ? text : text.slice(0, at) + paint(state, text.slice(at, at + 9)) + text.slice(at + 9)
}
