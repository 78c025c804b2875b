import { answeredNumber } from '../answered'
import type { AckFate } from '../contract/fate'
import type { Stage } from '../contract/stage'
import type { Decide, OnError } from '../contract/supervision'
import { OptionError } from '../errors'
import { promiseOf } from '../foreign/promise-of'
import { runningStage, type RunningStage } from './running-stage'

/** What to do with the item after a failure was recovered from: try it again, or settle it with this fate. */
export type Recovery = 'retry' | Extract<AckFate, 'skipped' | 'deadLettered'>

/** Decides about failures of user code, and carries the decision out. One mechanism for every stage. */
export interface Supervisor {
  /**
   * Answers what to do with the item now, or a promise of it (a retry after a delay, a dead letter being written).
   * Throws or rejects where the stage has to fail: with `error`, or with what kept the dead letter from being written.
   */
  recover(error: unknown, item: unknown, attempt: number): Recovery | Promise<Recovery>
}

/** Checks an `onError` option when a pipeline is built. */
export function checkOnError(owner: string, onError: unknown): void {
  if (onError === undefined || onError === 'fail' || onError === 'skip' || typeof onError === 'function') return
  throw new OptionError(owner, 'onError', onError, `'fail', 'skip', retry(...), deadLetter(...) or a function`)
}

/** The supervisor of a stage; undefined where every failure fails the stage, so that nobody pays for it. */
export function supervisorOf<A>(handle: Stage, onError: OnError<A> | undefined): Supervisor | undefined {
  if (onError === undefined || onError === 'fail') return undefined
  const decide: Decide<A> = onError === 'skip' ? () => 'skip' : onError
  const stage = runningStage(handle)
  return {
    recover(error, item, attempt) {
      // What fails now fails because it was told to stop: that is neither to be tried again nor a dead letter.
      if (stage.scope.isAborted) throw error
      stage.errors++
      const decision = decide(error, item as A, attempt, stage.scope.random)
      if (decision === 'skip') {
        stage.dropped++
        return 'skipped'
      }
      if (typeof decision === 'object' && 'retryAfterMs' in decision) {
        stage.retries++
        const asked = 'the retryAfterMs that onError decided on'
        const retryAfterMs = answeredNumber(stage.name, asked, decision.retryAfterMs, 0, Number.MAX_VALUE, { cause: error })
        if (retryAfterMs === 0) return 'retry'
        return waitFor(stage, retryAfterMs, error)
      }
      if (typeof decision === 'object' && 'deadLetter' in decision) {
        const written = decision.write({ item, error, attempt, stage: stage.name }, stage.scope)
        const done = (): Recovery => {
          stage.deadLettered++
          return 'deadLettered'
        }
        const writing = promiseOf(written)
        if (writing === undefined) return done()
        const settled = stage.waitFor('call')
        writing.then(settled, settled)
        return writing.then(done)
      }
      throw error
    },
  }
}

/** A wait that ends with the run: nobody would come back for the item. */
function waitFor(stage: RunningStage<unknown>, delayMs: number, error: unknown): Promise<Recovery> {
  const { clock, signal } = stage.scope
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      cancel()
      reject(error)
    }
    const cancel = clock.after(delayMs, () => {
      signal.removeEventListener('abort', onAbort)
      resolve('retry')
    })
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
