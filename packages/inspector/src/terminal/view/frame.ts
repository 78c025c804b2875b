import { clip } from '../text/cells'
import { short } from '../text/figures'
import type { Paint } from '../text/paint'
import { printable } from '../text/printable'
import { header } from './header'
import type { Looks, Sorting } from './looks'
import { panel } from './panels'
import type { Ground, RunPicture } from './picture'
import { rowsOf, type Row } from './rows'
import { isCulprit, nameOf, stageTable } from './stage-table'
import { rateOf } from './totals'

/** How many stages are shown at least, however much else there is to see. */
const LEAST_ROWS = 3

/**
 * The picture as lines: none wider than the ground, and no more of them than it has rows.
 *
 * @param pictures all runs; one of them is shown whole.
 * @param note is said of all of them.
 */
export function frame(pictures: readonly RunPicture[], looks: Looks, note: string | undefined, { columns, rows }: Ground, paint: Paint): string[] {
  const shown = pictures[Math.min(looks.run ?? Infinity, pictures.length - 1)]
  const above = [...(note === undefined ? [] : [paint('dim', clip(printable(note), columns))]), ...(pictures.length > 1 ? [tabs(pictures, shown, columns, paint)] : [])]
  if (shown === undefined) return above.slice(0, rows)
  const all = visibleRows(shown, looks)
  const picked = Math.min(looks.picked, all.length - 1)
  above.push(...header(shown, looks, columns, paint))
  if (looks.isTyping || looks.find !== '') above.push(clip(`find: ${looks.find}${looks.isTyping ? '▏' : ''}`, columns))
  const below = panel(looks, shown, all[picked]).map((line) => clip(line, columns))
  const room = Math.max(LEAST_ROWS, rows - above.length - below.length - 1)
  const from = firstShown(all.length, picked, room)
  const part = all.slice(from, from + room)
  const table = stageTable(part, looks.panel === 'none' && looks.picked === 0 && looks.sorting === 'flow' ? -1 : picked - from, shown.finding?.stage, columns, paint)
  if (all.length > part.length) table[0] = clip(`${table[0] ?? ''}  ${from + 1} to ${from + part.length} of ${all.length}`, columns)
  return [...above, ...table, ...below].slice(0, rows)
}

/** The stages that are looked for, in the order that is asked for. */
export function visibleRows({ stats, before, finding }: RunPicture, { find, sorting }: Looks): Row[] {
  const wanted = find.toLowerCase()
  const rows = rowsOf(stats, before).filter((row) => nameOf(row).toLowerCase().includes(wanted) || (wanted !== '' && isCulprit(row, finding?.stage) && finding?.verdict.includes(wanted) === true))
  const by = BY[sorting]
  return by === undefined ? rows : rows.sort((a, b) => by(b) - by(a))
}

const BY: Readonly<Record<Sorting, ((row: Row) => number) | undefined>> = {
  flow: undefined,
  busy: ({ shares }) => (shares ? shares.working + shares.calling + shares.limited : -1),
  rate: ({ outRate }) => outRate,
  queue: ({ queue }) => (queue ? queue.size / (queue.capacity ?? Infinity) : -1),
}

/** The first row of the part that holds the picked one. */
function firstShown(count: number, picked: number, room: number): number {
  return Math.max(0, Math.min(picked - Math.floor(room / 2), count - room))
}

/** All runs on one line, the one that is shown in brackets. */
function tabs(pictures: readonly RunPicture[], shown: RunPicture | undefined, columns: number, paint: Paint): string {
  const names = pictures.map((picture) => {
    const text = `${clip(printable(picture.stats.name, 40), 20)} ${short(rateOf(picture.stats, picture.before))}/s`
    return picture === shown ? `[${text}]` : text
  })
  return paint('dim', clip(`${pictures.length} runs: ${names.join('  ')}`, columns))
}
