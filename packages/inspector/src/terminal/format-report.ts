import type { Run, RunStats } from '@sluice/core'
import { count, duration, percent, short } from './text/figures'
import { printable } from './text/printable'
import { table, type Column } from './text/table'
import { overallFinding } from './view/finding'
import { rowsOf, type Row } from './view/rows'
import { LETTERS, STATES } from './view/shares'
import { nameOf } from './view/stage-table'
import { doneOf, rateOf } from './view/totals'

/**
 * What a run came to, as text: how long it took, each stage with what it did with its time, its queue and its losses, what became of
 * every value, and what held the run back.
 *
 * A line of the table is what works in the same turns: steps that are fused stand together. The letters are states: W working, C
 * calling, L limited, I idle, B backpressured, K blocked.
 *
 * @param given a run, at work or ended, or what its `stats()` answered.
 * @returns several lines, without colours.
 *
 * @example
 * ```ts
 * import { forEach, from } from 'sluice'
 * import { formatReport } from '@sluice/inspector'
 *
 * const run = from(orders).to(forEach(save)).run({ name: 'orders' })
 * await run
 * console.log(formatReport(run))
 * ```
 */
export function formatReport(given: Run<unknown> | RunStats): string {
  const stats = 'schema' in given ? given : given.stats()
  const failure = 'schema' in given ? undefined : given.failure?.message
  const rows = rowsOf(stats, undefined)
  const columns = COLUMNS.filter(({ isNeeded }) => isNeeded?.(rows) ?? true)
  const finding = overallFinding(stats)
  return [
    `${printable(stats.name, 60)}: ${stats.status} after ${duration(stats.elapsedMs)}, ${count(doneOf(stats))} done, ${short(rateOf(stats, undefined))}/s`,
    ...(failure === undefined ? [] : [printable(failure)]),
    '',
    ...table(columns, rows.map((row) => columns.map(({ cell }) => cell(row)))),
    '',
    balance(stats),
    finding.text,
  ].join('\n')
}

interface ReportColumn extends Column {
  readonly cell: (row: Row) => string
  /** Left out where nothing stands in it. */
  readonly isNeeded?: (rows: readonly Row[]) => boolean
}

const COLUMNS: readonly ReportColumn[] = [
  { head: 'STAGE', most: 48, cell: nameOf },
  { head: 'OUT', side: 'right', cell: ({ steps }) => count(steps.at(-1)?.out ?? 0) },
  ...STATES.map((state): ReportColumn => ({ head: LETTERS[state], side: 'right', cell: ({ shares }) => (shares ? percent(shares[state]) : '') })),
  { head: 'QUEUE', side: 'right', cell: ({ queue }) => (queue ? `${short(queue.highWater)}${queue.capacity === null ? '' : `/${short(queue.capacity)}`}` : '') },
  figure('LOST', ({ lost }) => lost),
  figure('FAILED', ({ failed }) => failed),
  figure('RETRIES', ({ steps }) => steps.reduce((sum, { retries }) => sum + retries, 0)),
]

function figure(head: string, of: (row: Row) => number): ReportColumn {
  return { head, side: 'right', cell: (row) => count(of(row)), isNeeded: (rows) => rows.some((row) => of(row) > 0) }
}

/** What became of every value that was read. */
function balance({ totals }: RunStats): string {
  const parts = ([['delivered', totals.delivered], ['absorbed', totals.absorbed], ['dropped', totals.dropped], ['skipped', totals.skipped],
    ['dead-lettered', totals.deadLettered], ['failed', totals.failed], ['abandoned', totals.abandoned], ['in flight', totals.inFlight]] as const)
    .filter(([, values]) => values > 0)
    .map(([what, values]) => `${count(values)} ${what}`)
  return `${count(totals.read)} read = ${parts.length > 0 ? parts.join(' + ') : '0'}`
}
