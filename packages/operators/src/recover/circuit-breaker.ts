import { from, type Operator, type StageOptions } from '@sluice/core'
import { anything, decision, declare, described, DONE, fn, isBranded, operator, PENDING, whole, words } from '@sluice/core/authoring'
import { Circuit, CIRCUIT, CircuitOpenError, type CircuitLike, type CircuitOptions } from './circuit'
import { eachThrough } from './supervised'

const CIRCUIT_BREAKER = /* @__PURE__ */ declare('circuitBreaker', () => ({ args: { operator: fn }, options: { circuit: anything, whenOpen: words('fail', 'wait').or('fail'), concurrency: whole().or(1), onError: decision } }), ({ concurrency }) => ({ drops: 'chosen', opens: concurrency, ...(concurrency > 1 && { order: 'changed', holds: concurrency }) }))

/** Options of {@link circuitBreaker}. */
export interface CircuitBreakerOptions<A> extends StageOptions<A> {
  /** The circuit: its options, or one that is shared with other stages. */
  readonly circuit: CircuitOptions | CircuitLike
  /** While it is open: `'fail'` (default) fails each item with a CircuitOpenError, `'wait'` holds the source back. */
  readonly whenOpen?: 'fail' | 'wait' | undefined
  /**
   * Items at work at once while the circuit is closed, 1 or more: as many calls as `mapAsync` behind it may make. Results then
   * come as items are done. Default 1: one after the other, in order.
   */
  readonly concurrency?: number | undefined
}

/**
 * Stops trying what fails again and again, and looks from time to time whether it works again.
 *
 * - **emits** what `operator` makes of each item: in order with `concurrency: 1`, else as items are done
 * - **holds back** when downstream does, while `concurrency` items are at work, and with `'wait'` while the circuit is open
 * - **completes** when the source has completed and the last item is done
 * - **buffers** nothing beyond the items at work; a timer for each of them at most, and only while it waits
 * - **on failure** of an item, or where it was refused, as `onError` says
 * - **on abort** the items that are at work are cut off
 *
 * While the circuit is closed `concurrency` items are at work at once; while it is half-open, `probes` of them.
 * What had passed before the circuit opened and comes back later is delivered, and does not count as a probe.
 *
 * `operator` is opened for each item, as with `supervise`. A dead letter or skip for refused items:
 * `onError: (error) => (error instanceof CircuitOpenError ? 'skip' : 'fail')`.
 *
 * ```marble
 * in    -1-2-3-4-----5-|
 *       circuitBreaker(call, { circuit: { failures: 2, resetMs: 100 }, onError: 'skip' })   (2 and 3 fail)
 * out   -1-----------5-|
 * ```
 *
 * @param operator what each item goes through.
 * @param options `circuit` (required), `whenOpen`, `concurrency`, `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const call = map((n: number) => { if (n === 2) throw new Error('down'); return n })
 * const guarded = circuitBreaker(call, { circuit: { failures: 1, resetMs: 60_000 }, onError: 'skip' })
 * await from([1, 2, 3, 4]).pipe(guarded).to(toArray()).run() // [1]
 * ```
 */
export function circuitBreaker<A, B>(inner: Operator<A, B>, options: CircuitBreakerOptions<A>): Operator<A, B> {
  const given = CIRCUIT_BREAKER.read(options, { operator: inner })
  const { name, whenOpen, concurrency } = given
  const circuit = isBranded(given.circuit, CIRCUIT) ? (given.circuit as CircuitLike) : new Circuit((given.circuit ?? {}) as CircuitOptions)
  const item = (value: A) => {
    const visit: Visit = { entered: false, era: 0 }
    return from([value]).pipe(gate<A>(circuit, whenOpen, visit), inner, verdictTo<B>(circuit, visit))
  }
  return described(CIRCUIT_BREAKER, given, eachThrough(name, item, given, concurrency))
}

/** One item at a circuit. */
interface Visit {
  entered: boolean
  /** When it entered. */
  era: number
}

/** Lets the item in when the circuit does. */
function gate<A>(circuit: CircuitLike, whenOpen: 'fail' | 'wait', visit: Visit): Operator<A, A> {
  return operator<A, A>('gate', (upstream, stage) => {
    const { clock, scheduler } = stage.scope
    let cancel: (() => void) | undefined
    return {
      pull(into, limit) {
        if (!visit.entered) {
          if (cancel) return PENDING
          const waitMs = circuit.enter(clock.now())
          if (waitMs > 0 && whenOpen === 'fail') throw new CircuitOpenError(`${circuit.name}: open, not tried`)
          if (waitMs > 0) {
            // Another stage's probe is out: there is nothing to be told by, so it looks again a little later.
            cancel = stage.after(Number.isFinite(waitMs) ? waitMs : 10, () => {
              cancel = undefined
              scheduler.dispatch(stage.wake)
            }, 'gate')
            return PENDING
          }
          visit.entered = true
          visit.era = circuit.era
        }
        return upstream.pull(into, limit)
      },
      close: () => cancel?.(),
    }
  })
}

/** Tells the circuit how the item ended. */
function verdictTo<B>(circuit: CircuitLike, visit: Visit): Operator<B, B> {
  return operator<B, B>('verdict', (upstream, stage) => {
    const tell = (succeeded: boolean | undefined): void => {
      if (!visit.entered) return
      visit.entered = false
      circuit.leave(succeeded, stage.scope.clock.now(), visit.era)
    }
    return {
      tickets: upstream.tickets,
      pull(into, limit) {
        try {
          const count = upstream.pull(into, limit)
          if (count === DONE) tell(true)
          return count
        } catch (error) {
          tell(false)
          throw error
        }
      },
      close: () => { tell(undefined) },
    }
  })
}
