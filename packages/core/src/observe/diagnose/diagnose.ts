import type { Failure, Run, RunStatus } from '../../contract/run'
import type { RunStats } from '../../contract/stats'
import { hasCode } from '../../copies/brand'
import { messageOf } from '../../foreign/print-value'
import { checkStats, isStats } from './check-stats'
import type { Diagnosis, Finding } from './diagnosis'
import { evidenceOf } from './evidence'
import { historyOf } from './history'
import { DIAGNOSE, type DiagnoseOptions } from './options'
import { spoken } from './quiet'
import { ranked } from './ranking'
import { LOOKS } from './verdicts/all'
import { windowOf, type Window } from './window'
import { duration } from './wording'

/**
 * Tells what holds a run back, which stage it is, why, and what to do; `'healthy'` where there is nothing to say.
 *
 * @param run a run, at work or ended. What it did since the last diagnosis of it counts; at the first one, since its begin.
 * @param options `allow`: verdicts that are as they should be, and left out.
 * @throws TypeError where it is neither a run nor what `run.stats()` answers.
 * @throws OptionError for an option that is not allowed.
 *
 * @example
 * ```ts
 * import { count, diagnose, mapAsync, range } from 'sluice'
 *
 * const run = range(1, 50).pipe(mapAsync(async (n) => n, { concurrency: 4 })).to(count()).run()
 * await run
 * const { verdict, stage, message, advice } = diagnose(run)
 * console.log(verdict, stage, message, advice)
 * ```
 */
export function diagnose(run: Pick<Run<unknown>, 'stats'>, options?: DiagnoseOptions): Diagnosis
/**
 * The same from figures that were taken before, or come from elsewhere.
 *
 * @param now `run.stats()`.
 * @param before earlier figures of the same run: then only the time in between counts, and a stall can be seen.
 * @param options `allow`: verdicts that are as they should be, and left out.
 * @throws TypeError where one of them is something else.
 * @throws OptionError for an option that is not allowed.
 *
 * @example
 * ```ts
 * import { diagnose, drain, interval } from 'sluice'
 *
 * const run = interval(100).to(drain()).run()
 * const before = run.stats()
 * await new Promise((resolve) => setTimeout(resolve, 2000))
 * diagnose(run.stats(), before).verdict // 'waiting'
 * await run.stop()
 * ```
 */
export function diagnose(now: RunStats, before?: RunStats, options?: DiagnoseOptions): Diagnosis
export function diagnose(given: Pick<Run<unknown>, 'stats'> | RunStats, second?: RunStats | DiagnoseOptions, third?: DiagnoseOptions): Diagnosis {
  if (isRun(given)) return ofRun(given, second as DiagnoseOptions | undefined)
  checkStats('diagnose', given, 'a run, or what run.stats() answers')
  if (second !== undefined) checkStats('diagnose', second)
  const { allow } = DIAGNOSE.read(third)
  const window = windowOf(given, second)
  return answer(window, found(window).filter(({ verdict }) => !allow?.includes(verdict)))
}

function ofRun(run: Pick<Run<unknown>, 'stats'> & { readonly failure?: Failure | undefined }, options: DiagnoseOptions | undefined): Diagnosis {
  const { allow } = DIAGNOSE.read(options)
  const now = run.stats()
  const history = historyOf(run)
  const window = windowOf(now, history.before(now))
  const findings = found(window)
  const alternating = history.alternation(now, findings.find(({ severity }) => severity === 'advice'))
  const circle = deadlocked(run.failure)
  const all = ranked([...(circle ? [circle] : []), ...(alternating ? [alternating] : []), ...findings])
  return answer(window, all.filter(({ verdict }) => !allow?.includes(verdict)))
}

function isRun(given: unknown): given is Pick<Run<unknown>, 'stats'> {
  return typeof given === 'object' && given !== null && !isStats(given) && typeof (given as Partial<Run<unknown>>).stats === 'function'
}

function found(window: Window): readonly Finding[] {
  const evidence = evidenceOf(window)
  return ranked(spoken(window, LOOKS.flatMap((look) => look(evidence) ?? [])))
}

/** A run that has failed because all of its stages waited for one another says so by its failure. */
function deadlocked(failure: Failure | undefined): Finding | undefined {
  const error = failure?.error
  // By its code: a run of another copy of Sluice fails with a class of its own.
  if (!failure || !hasCode(error, 'SLUICE_DEADLOCK')) return undefined
  return {
    verdict: 'deadlock', severity: 'problem', stage: failure.stage, cause: 'circle', message: messageOf(error),
    advice: `give '${failure.stage}' more room, or read all of its outputs side by side`, figures: {}, confidence: 1,
  }
}

function answer(window: Window, findings: readonly Finding[]): Diagnosis {
  const shares = window.stages.flatMap(({ shares: each }) => each ?? [])
  const [first] = findings
  if (first) return { ...first, findings, shares }
  const { status } = window.now
  const message = status === 'running' ? `nothing holds the run '${window.now.name}' back that could be told from ${duration(window.ms)}` : `the run '${window.now.name}' ${STANDS[status]}`
  return { verdict: 'healthy', severity: 'none', stage: null, cause: '', message, advice: '', figures: {}, confidence: 1, findings, shares }
}

const STANDS: Readonly<Record<RunStatus, string>> = {
  running: 'is at work', paused: 'is paused', stopping: 'is stopping', completed: 'has completed', failed: 'has failed', aborted: 'was aborted',
}
