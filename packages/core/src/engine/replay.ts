import { DONE, PENDING } from '../contract/answers'
import type { Outlet } from '../contract/outlet'
import type { Puller } from '../contract/puller'
import type { OnError } from '../contract/supervision'
import type { Tickets } from '../contract/ticket'
import type { RunningStage } from './running-stage'
import { Trial } from './trial'
import { Trials } from './trials'

/**
 * Puts a supervisor between an operator and its failures.
 *
 * ```text
 *   upstream ─▶ replay ─▶ operator ─▶ consumer
 *                 ▲           │ throws on `item`
 *                 └ again ── trial ── skipped ─▶ the next item
 * ```
 *
 * The replay hands out one value at a time, and the same one again for a retry. So *every* synchronous operator can be
 * supervised without knowing of it: when it throws, the value it was given last is the one that failed.
 */
export function superviseOperator<A, B>(
  upstream: Outlet<A>,
  stage: RunningStage<B>,
  onError: OnError<A>,
  open: (upstream: Outlet<A>) => Puller<B>,
): Puller<B> {
  stage.supervised = true
  const tickets: Tickets | null = upstream.tickets ? [] : null
  const trial = new Trial<A>()
  const trials = new Trials<A>(stage, onError, stage.wake)
  /** What upstream throws is not ours to supervise. */
  let ours = false

  const puller = open({
    tickets,
    pull(into) {
      if (trial.verdict === 'again') {
        trial.tryAgain()
      } else {
        ours = false
        trial.clear()
        const count = upstream.pull(into, 1)
        // What the operator throws at the end, as a last word, is about no item.
        if (count < 0) return count
        ours = true
        trial.begin(into[0] as A, upstream.tickets?.[0])
      }
      into[0] = trial.item as A
      if (tickets) tickets[0] = trial.ticket
      return 1
    },
    close() {
      // The stage closes the real upstream.
    },
  })

  return {
    tickets: puller.tickets,
    restart() {
      puller.restart?.()
    },
    close(outcome) {
      trials.close()
      return puller.close?.(outcome)
    },
    pull(into, limit) {
      if (stage.failing) return DONE
      if (trial.verdict === 'deciding' || trial.verdict === 'dropped') return PENDING
      if (trial.verdict === 'failed') {
        stage.fail(trial.error, trial.item, trial.attempt)
        return DONE
      }
      try {
        return puller.pull(into, limit)
      } catch (error) {
        if (!ours) throw error
        // Values written before the failing one are delivered; 0 means "ask me again".
        const { ready } = stage
        const verdict = trials.failed(trial, error)
        if (verdict === 'skipped') return ready
        if (verdict === 'failed') {
          stage.fail(trial.error, trial.item, trial.attempt)
          return ready || DONE
        }
        return ready || PENDING
      }
    },
  }
}
