import type { Run } from '../contract/run'
import { coded } from '../foreign/coded'

/** What a run has beside its promise: whoever uses that promise takes the failure of the run upon himself. */
interface Ending {
  onEnd(told: () => void): void
}

/**
 * Has `told` called once, when the run has ended: its status, its failure and its figures are final then. At once where the run has
 * ended already.
 *
 * For tools that look on. `run.then(…)` would tell them as well, but a promise that somebody has a reaction on is no unhandled
 * rejection any more: a failure that the program forgot to look at would be silenced by the tool.
 *
 * @param run a run of Sluice, of this copy or of another one.
 * @param told must be quick. What it throws fails no run: it is reported as an unhandled rejection.
 * @throws TypeError where `run` is no run.
 *
 * @example
 * ```ts
 * import { drain, from } from 'sluice'
 * import { onRunEnd } from '@sluice/core/authoring'
 *
 * const seen: string[] = []
 * const run = from([1, 2]).to(drain()).run()
 * onRunEnd(run, () => { seen.push(run.status) })
 * await run
 * seen // ['completed']
 * ```
 */
export function onRunEnd(run: Run<unknown>, told: () => void): void {
  const ending = run as Partial<Ending> | null | undefined
  if (typeof ending?.onEnd !== 'function') throw coded('SLUICE_ARGUMENT', new TypeError('onRunEnd: expected a run, as run() of a pipeline answers it'))
  ending.onEnd(told)
}

/** What throws in here is nobody's failure, and is not lost. */
export function tellOfEnd(told: () => void): void {
  try {
    told()
  } catch (error) {
    void Promise.reject(error)
  }
}
