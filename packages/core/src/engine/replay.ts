import type { Outlet } from '../contract/outlet'
import type { Puller } from '../contract/puller'
import type { Ticket, Tickets } from '../contract/ticket'
import { DONE, PENDING } from '../contract/answers'
import { isThenable } from './cleanups'
import type { RunningStage } from './running-stage'
import type { Recovery, Supervisor } from './supervisor'

/**
 * The upstream of a supervised operator: hands out one value at a time, and the same one again for a retry.
 *
 * So *every* synchronous operator can be supervised without knowing of it: when it throws, the value it was given
 * last is the one that failed, and either it is given that value once more or the next one.
 */
class Replay<A> implements Outlet<A> {
  readonly #upstream: Outlet<A>
  readonly tickets: Tickets | null
  item: A | undefined
  ticket: Ticket | undefined
  attempt = 0
  /** True when the next pull hands out `item` again. */
  again = false
  /** What upstream threw: not ours to supervise. */
  upstreamFailed = false

  constructor(upstream: Outlet<A>) {
    this.#upstream = upstream
    this.tickets = upstream.tickets ? [] : null
  }

  pull(into: A[], _limit: number): number {
    if (this.again) {
      this.again = false
      this.attempt++
      into[0] = this.item as A
    } else {
      this.item = undefined
      let count: number
      try {
        count = this.#upstream.pull(into, 1)
      } catch (error) {
        this.upstreamFailed = true
        throw error
      }
      if (count < 0) return count
      this.item = into[0]
      this.ticket = this.#upstream.tickets?.[0]
      this.attempt = 1
    }
    if (this.tickets) this.tickets[0] = this.ticket
    return 1
  }

  close(): void {
    // The stage closes the real upstream.
  }
}

/** Puts a supervisor between an operator and its failures. */
export function superviseOperator<A, B>(
  upstream: Outlet<A>,
  stage: RunningStage<B>,
  supervisor: Supervisor,
  open: (upstream: Outlet<A>) => Puller<B>,
): Puller<B> {
  stage.supervised = true
  const replay = new Replay(upstream)
  const puller = open(replay)
  let waiting = false

  const goOn = (recovery: Recovery): void => {
    if (recovery === 'retry') replay.again = true
    else replay.ticket?.ack()
  }
  const giveUp = (error: unknown): void => {
    replay.ticket?.nack(error)
    stage.scope.failed(stage, error, replay.item, replay.attempt)
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
        if (replay.upstreamFailed) throw error
        let recovery: Recovery | Promise<Recovery>
        try {
          recovery = supervisor.recover(error, replay.item, replay.attempt)
        } catch (final) {
          giveUp(final)
          throw final
        }
        if (!isThenable(recovery)) {
          goOn(recovery)
          // Values written before the failing one are delivered; 0 means "ask me again".
          return stage.ready
        }
        waiting = true
        recovery.then(
          (done) => {
            waiting = false
            goOn(done)
            stage.scope.scheduler.dispatch(stage.wake)
          },
          (final: unknown) => {
            waiting = false
            replay.ticket?.nack(final)
            stage.fail(final, replay.item, replay.attempt)
          },
        )
        return stage.ready > 0 ? stage.ready : PENDING
      }
    },
  }
}
