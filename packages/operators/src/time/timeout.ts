import { from, OptionError, type Operator, type Pullable, type TimeoutError } from '@sluice/core'
import { declare, described, DONE, finiteNumber, maybeFn, ms, operator, type Outlet, PENDING, type Tickets } from '@sluice/core/authoring'
import { Deadlines, timeoutError, type TimeoutKind, type TimeoutLimits } from './deadlines'
import type { TimeOptions } from './decoupled'

const TIMEOUT = /* @__PURE__ */ declare('timeout', () => ({ options: { firstMs: ms().maybe(), idleMs: ms().maybe(), totalMs: ms().maybe(), backpressureMs: ms().maybe(), onTimeout: maybeFn } }), {})

/** Options of {@link timeout}: at least one of the four times. */
export interface TimeoutOptions<B = never> extends TimeOptions {
  /** How long the first value may take, from when it is first asked for. Default: as long as `idleMs` says. */
  readonly firstMs?: number | undefined
  /** How long a value that is wanted may take. Time that downstream takes does not count. */
  readonly idleMs?: number | undefined
  /** How long all may take together, downstream included, from when the first value is asked for. */
  readonly totalMs?: number | undefined
  /** How long downstream may take until it wants the next value. */
  readonly backpressureMs?: number | undefined
  /** Told as soon as a time is up. The source it answers is gone on with, without timeouts; nothing: it fails. */
  readonly onTimeout?: ((which: TimeoutKind, error: TimeoutError) => Pullable<B> | undefined | void) | undefined
}

/**
 * Fails when the source, or downstream, takes too long.
 *
 * - **emits** each value as it comes
 * - **holds back** when downstream does
 * - **completes** when the source completes, or the source that took its place
 * - **buffers** nothing
 * - **on failure**, and when a time is up, what came before is out already; then a TimeoutError names the time. The source
 *   is closed at once; downstream learns of it when it next asks. Time in which the run is paused counts
 * - **on abort** nothing is in flight; one timer at most
 *
 * ```marble
 * in:                       a-b------c-|
 * timeout({ idleMs: 4 - }): a-b---X
 *
 * in:                        ----a-|
 * timeout({ firstMs: 3 - }): ---X
 *
 * in:                                               a-------
 * other:                                            x--y|
 * timeout({ idleMs: 3 -, onTimeout: () => other }): a--x--y|
 * ```
 *
 * @param options `firstMs`, `idleMs`, `totalMs`, `backpressureMs`, each in ms and above 0 (default: none), `onTimeout`,
 * `name`.
 * @throws OptionError where an option is wrong, or no time is given.
 *
 * @example
 * ```ts
 * const offline = timeout({ firstMs: 50, onTimeout: () => ['offline'] })
 * await never().pipe(offline).to(toArray()).run() // ['offline']
 * ```
 */
export function timeout<A, B = never>(options: TimeoutOptions<B>): Operator<A, A | B> {
  const given = TIMEOUT.read(options)
  const { name, onTimeout } = given
  const limits = checkLimits(given)
  return described(TIMEOUT, given, operator<A, A | B>(
    name,
    (upstream, stage) => {
      let outlet: Outlet<A | B> = upstream
      const deadlines = new Deadlines(stage.scope.clock, limits, expired)
      let watching = true
      // Whether the other source is tracked is not known yet.
      const tickets: Tickets | null = onTimeout ? [] : (upstream.tickets ?? null)

      function expired(which: TimeoutKind): void {
        watching = false
        const error = timeoutError(stage.name, which, limits)
        try {
          const other = onTimeout?.(which, error)
          // It may have aborted the run.
          if (stage.outcome !== undefined) return
          if (other !== undefined) outlet = stage.open(from(other), stage.wake, 'source')
          else stage.fail(error)
        } catch (thrown) {
          stage.fail(thrown)
        }
        // Downstream may be stuck, which is no reason to keep the source open.
        void upstream.close({ status: 'failed', error })
        stage.scope.scheduler.dispatch(stage.wake)
      }

      return {
        tickets,
        pull(into, limit) {
          if (stage.failing) return DONE
          if (watching) deadlines.pulled()
          const count = outlet.pull(into, limit)
          if (watching) {
            if (count > 0) deadlines.delivered()
            else if (count === PENDING) deadlines.waits()
          }
          if (tickets && tickets !== outlet.tickets) for (let i = 0; i < count; i++) tickets[i] = outlet.tickets?.[i]
          return count
        },
        close: () => { deadlines.stop() },
      }
    },
    { name },
  ))
}

function checkLimits(options: TimeoutLimits): TimeoutLimits {
  const { firstMs, idleMs, totalMs, backpressureMs } = options
  const limits: TimeoutLimits = { firstMs, idleMs, totalMs, backpressureMs }
  const given = Object.entries(limits).filter(([, ms]) => ms !== undefined)
  for (const [kind, ms] of given) if (finiteNumber('timeout', kind, ms) === 0) throw new OptionError('timeout', kind, ms, 'above 0')
  if (given.length === 0) throw new OptionError('timeout', 'idleMs', undefined, 'given, or firstMs, totalMs or backpressureMs')
  return limits
}
