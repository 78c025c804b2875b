import type { Source } from '../contract/source'
import { source } from '../kit/source'
import { BoundedQueue } from '../queue/bounded-queue'
import { QueueClosedError } from '../errors'
import { tell } from '../kit/described'
import { declare } from '../options/declare'
import { fn, whole } from '../options/rules'

const FROM_PRODUCER = /* @__PURE__ */ declare('fromProducer', () => ({ args: { produce: fn }, options: { capacity: whole().or(16) } }), ({ capacity }) => ({ holds: capacity }))

/** What the function of {@link fromProducer} pushes into. */
export interface Emitter<T> {
  /**
   * Hands a value on. Await the answer before the next one: it resolves when the value was accepted, and rejects with
   * a QueueClosedError when the consumer wants no more. Too many pushes that nobody awaits get a QueueFullError. It needs
   * no `this`: take it out of the emitter, hand it on.
   */
  readonly push: (value: T) => Promise<void>
  /** Aborted when the consumer wants no more: stop what you are doing. */
  readonly signal: AbortSignal
  /** How many more values fit right now. */
  readonly room: number
}

/** Options of {@link fromProducer}. */
export interface ProducerOptions {
  /** Values that may wait to be taken, 1 or more. Default 16. */
  readonly capacity?: number | undefined
  readonly name?: string | undefined
}

/**
 * A source of what a function pushes, with awaited backpressure.
 *
 * - **emits** the pushed values in order
 * - **holds back** by not resolving `push` until there is room
 * - **completes** when the function's promise resolves and what was pushed is out
 * - **buffers** at most `capacity` values
 * - **on failure**: when the function throws or rejects, what was pushed is delivered first
 * - **on abort** `signal` is aborted, a waiting `push` rejects, and the function is waited for, a second at most
 *
 * @param produce called with the emitter when the first value is wanted.
 * @param options `capacity` (default 16), `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const ticks = fromProducer<number>(async ({ push, signal }) => {
 *   for (let n = 0; !signal.aborted; n++) await push(n)
 * })
 * ```
 */
export function fromProducer<T>(
  produce: (emitter: Emitter<T>) => unknown,
  options: ProducerOptions = {},
): Source<T> {
  const given = FROM_PRODUCER.read(options, { produce })
  const { name, capacity } = given
  return tell(source<T>(name, (stage) => {
    const queue = new BoundedQueue<T>({ capacity, name })
    const outlet = queue.open(stage.scope, stage.wake)
    const controller = new AbortController()
    const { signal } = controller
    let working: Promise<void> | undefined
    stage.expose(queue)

    const emitter: Emitter<T> = {
      signal,
      get room() {
        return capacity - queue.size
      },
      push: (value) => queue.put(value, { signal }),
    }
    const work = async (): Promise<void> => {
      try {
        await produce(emitter)
        queue.close()
      } catch (error) {
        // Once the consumer has gone, its complaint about that is no failure; anything else still is.
        if (!signal.aborted) queue.fail(error)
        else if (error !== signal.reason) throw error
      }
    }

    return {
      live: true,
      pull(into, limit) {
        // Not inside the pull: what it pushes at once is found by asking again.
        working ??= Promise.resolve().then(work)
        return outlet.pull(into, limit)
      },
      halt() {
        // What was accepted comes out; the function is told that nobody wants more.
        queue.close()
        controller.abort(new QueueClosedError(`${name}: the run is being stopped`))
        return true
      },
      close(outcome) {
        void outlet.close(outcome)
        controller.abort(new QueueClosedError(`${name}: the consumer wants no more values`))
        queue.close()
        if (working) stage.linger(working)
      },
    }
  }), FROM_PRODUCER, given)
}
