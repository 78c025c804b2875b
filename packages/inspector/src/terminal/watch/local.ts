import { setConcurrency, setRate, type Run } from '@sluice/core'
import { watchRuns } from '@sluice/core/authoring'
import { hasEnded } from '../view/totals'
import type { WatchedRun, WatchedRuns } from './watched'

/** How many ended runs are still shown. */
const ENDED_KEPT = 20

/** These runs. It is over when all of them have ended. */
export function givenRuns(runs: readonly Run<unknown>[]): WatchedRuns {
  const watched = runs.map(watchedRun)
  return {
    list: () => watched,
    note: () => undefined,
    // Asked of the run, and not of a promise: a run whose failure nobody handles must stay an unhandled rejection.
    isOver: () => runs.every(hasEnded),
    close() {},
  }
}

/** Each run of the process that begins from now on. It is never over: another one may begin. */
export function allRuns(): WatchedRuns {
  let runs: { readonly run: Run<unknown>; readonly watched: WatchedRun }[] = []
  const forget = watchRuns((run) => {
    const ended = runs.filter((each) => hasEnded(each.run))
    const old = new Set(ended.slice(0, Math.max(0, ended.length - ENDED_KEPT)))
    runs = [...runs.filter((each) => !old.has(each)), { run, watched: watchedRun(run) }]
  })
  return {
    list: () => runs.map(({ watched }) => watched),
    note: () => (runs.length === 0 ? 'No pipeline has begun to run yet.' : undefined),
    isOver: () => false,
    close: forget,
  }
}

function watchedRun(run: Run<unknown>): WatchedRun {
  return {
    stats: () => run.stats(),
    failure: () => run.failure?.message,
    toggle() {
      if (run.status === 'paused') run.resume()
      else run.pause()
    },
    adjust: (stage, way) => { adjust(run, stage, way) },
  }
}

/** By one call at once, or by a tenth of the rate. */
function adjust(run: Run<unknown>, id: string, way: 1 | -1): void {
  const { concurrency, rate } = run.stats().stages.find((stage) => stage.id === id)?.adjustable ?? {}
  if (concurrency != null) setConcurrency(run, id, Math.max(1, concurrency + way))
  else if (rate) setRate(run, id, { ...rate, count: Math.max(1, rate.count + way * Math.max(1, Math.round(rate.count / 10))) })
}
