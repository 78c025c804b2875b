import { DONE, PENDING } from '../contract/answers'
import type { Outlet } from '../contract/outlet'
import type { Puller } from '../contract/puller'
import type { Ticket, Tickets } from '../contract/ticket'
import { promiseOf } from '../foreign/promise-of'
import type { RunningStage } from './running-stage'
import type { Recovery, Supervisor } from './supervisor'

/**
 * Puts a supervisor between an operator and its failures.
 *
 * ```text
 *   upstream ─▶ replay ─▶ operator ─▶ consumer
 *                 ▲           │ throws on `item`
 *                 └ retry ─ supervisor ─ skip ─▶ the next item
 * ```
 *
 * The replay hands out one value at a time, and the same one again for a retry. So *every* synchronous operator can be
 * supervised without knowing of it: when it throws, the value it was given last is the one that failed.
 */
export function superviseOperator<A, B>(
  upstream: Outlet<A>,
  stage: RunningStage<B>,
  supervisor: Supervisor,
  open: (upstream: Outlet<A>) => Puller<B>,
): Puller<B> {
  stage.supervised = true
  const tickets: Tickets | null = upstream.tickets ? [] : null
  let item: A | undefined
  let ticket: Ticket | undefined
  let attempt = 0
  /** The next pull hands out `item` again. */
  let again = false
  /** What upstream throws is not ours to supervise. */
  let ours = false
  let waiting = false

  const puller = open({
    tickets,
    pull(into) {
      if (!again) {
        ours = false
        item = undefined
        const count = upstream.pull(into, 1)
        ours = true
        if (count < 0) return count
        item = into[0]
        ticket = upstream.tickets?.[0]
        attempt = 0
      }
      again = false
      attempt++
      into[0] = item as A
      if (tickets) tickets[0] = ticket
      return 1
    },
    close() {
      // The stage closes the real upstream.
    },
  })

  const goOn = (recovery: Recovery): void => {
    again = recovery === 'retry'
    if (recovery !== 'retry') stage.settle(ticket, recovery)
  }
  const giveUp = (error: unknown): void => {
    stage.giveUp(ticket, error)
    stage.fail(error, item, attempt)
  }

  return {
    tickets: puller.tickets,
    close: (outcome) => puller.close?.(outcome),
    pull(into, limit) {
      if (stage.failing) return DONE
      if (waiting) return PENDING
      try {
        return puller.pull(into, limit)
      } catch (error) {
        if (!ours) throw error
        // Values written before the failing one are delivered; 0 means "ask me again".
        const { ready } = stage
        let recovery: Recovery | Promise<Recovery>
        try {
          recovery = supervisor.recover(error, item, attempt)
        } catch (final) {
          giveUp(final)
          return ready || DONE
        }
        const promise = promiseOf(recovery)
        if (promise === undefined) {
          goOn(recovery as Recovery)
          return ready
        }
        waiting = true
        promise.then(
          (done) => {
            waiting = false
            goOn(done)
            stage.scope.scheduler.dispatch(stage.wake)
          },
          (final: unknown) => {
            waiting = false
            giveUp(final)
          },
        )
        return ready || PENDING
      }
    },
  }
}
