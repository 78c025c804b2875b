import type { Run, RunStats, StageStats, Warning } from '@sluice/core'

/** The fields of a line. */
export type Fields = Readonly<Record<string, unknown>>

/** How an item is told in a line. */
export type TellItem = (item: unknown) => unknown

const rounded = (value: number): number => Math.round(value * 10) / 10

/** What became of the values of a run so far: only what is not 0, and `read`. */
function totalsOf({ totals }: RunStats): Fields {
  const { reasons: _, read, ...fates } = totals
  return { read, ...Object.fromEntries(Object.entries(fates).filter(([, count]) => count > 0)) }
}

/** A stage in one entry: enough to see where it is slow. */
function stageOf({ id, in: taken, out, rates, state, queue, calls }: StageStats): Fields {
  return {
    stage: id, in: taken, out, perSecond: rounded(rates.out5s),
    ...(state === null ? {} : { state }),
    ...(queue === null ? {} : { held: queue.size }),
    ...(calls === null ? {} : { calls: calls.inFlight }),
  }
}

/** A run that begins. */
export function beginning(run: Run<unknown>): Fields {
  return { run: run.name, stages: run.stats().stages.map(({ id }) => id) }
}

/** A run that is under way. Inner stages come and go: they are counted, and not listed. */
export function summary(run: Run<unknown>): Fields {
  const stats = run.stats()
  const inner = stats.stages.filter((stage) => stage.inner).length
  return {
    run: run.name, status: stats.status, elapsedMs: rounded(stats.elapsedMs), ...totalsOf(stats),
    stages: stats.stages.filter((stage) => !stage.inner).map(stageOf), ...(inner > 0 ? { innerStages: inner } : {}),
  }
}

/** A run that has ended. */
export function ending(run: Run<unknown>): Fields {
  const stats = run.stats()
  return {
    run: run.name, status: stats.status, elapsedMs: rounded(stats.elapsedMs), ...totalsOf(stats),
    ...(run.unstopped.length > 0 ? { unstopped: run.unstopped } : {}),
  }
}

/** Where a run has failed; the item is told only where `tellItem` says how. */
export function failing(run: Run<unknown>, tellItem: TellItem | undefined): Fields {
  const { failure } = run
  if (failure === undefined) return {}
  const { error, stage, position, attempt, path, item } = failure
  return { err: error, stage, position, attempt, path, ...(tellItem ? { item: tellItem(item) } : {}) }
}

/** How many values of a run were given up so far, and why. */
export function losses({ totals }: RunStats): Fields {
  const { skipped, deadLettered } = totals.reasons
  return { ...(totals.skipped > 0 ? { skipped } : {}), ...(totals.deadLettered > 0 ? { deadLettered } : {}) }
}

/** How many values of a run were given up so far. */
export function lossCount({ totals }: RunStats): number {
  return totals.skipped + totals.deadLettered
}

/** A line about a warning: a sentence that is the same for all of its kind, and what varies. */
export function warningLine({ kind, run, stage, site, message, figures }: Warning): { readonly sentence: string, readonly fields: Fields } {
  return { sentence: WARNED[kind], fields: { run, warning: kind, stage, ...(site === null ? {} : { site }), figures, detail: message } }
}

const WARNED: Readonly<Record<Warning['kind'], string>> = {
  'stall': 'stage stands still',
  'deadlock': 'run is deadlocked',
  'drop': 'stage drops values',
  'blocked-loop': 'stage blocks the event loop',
}
