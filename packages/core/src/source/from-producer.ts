import { DONE, PENDING } from '../contract/answers'
import type { Source } from '../contract/source'
import { source } from '../kit/source'
import { callable, wholeNumber } from '../options'
import { RingBuffer } from '../queue/ring-buffer'
import { QueueClosedError, QueueFullError } from '../errors'

/** What the function of {@link fromProducer} pushes into. */
export interface Emitter<T> {
  /**
   * Hands a value on. Await the answer before the next one: it resolves when there is room again, and rejects with a
   * QueueClosedError when the consumer wants no more. Un-awaited pushes beyond `capacity` throw a QueueFullError.
   */
  push(value: T): Promise<void>
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
 * - **holds back** by not resolving `push` while `capacity` values wait
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
  callable('fromProducer', 'produce', produce)
  const { name = 'fromProducer' } = options
  const capacity = wholeNumber('fromProducer', 'capacity', options.capacity ?? 16)
  return source<T>(name, (stage) => {
    const ring = new RingBuffer<T>(capacity)
    const controller = new AbortController()
    let state: 'new' | 'producing' | 'ended' = 'new'
    let roomWaiters: { readonly resolve: () => void; readonly reject: (error: unknown) => void }[] = []
    let working: Promise<void> | undefined
    const closed = (): QueueClosedError => new QueueClosedError(`${name}: the consumer wants no more values`)
    stage.expose(ring)

    const emitter: Emitter<T> = {
      signal: controller.signal,
      get room() {
        return capacity - ring.size
      },
      push(value) {
        if (state === 'ended') return Promise.reject(closed())
        if (!ring.push(value)) {
          throw new QueueFullError(`${name}: pushed with ${capacity} values waiting; await each push before the next`)
        }
        stage.wake()
        if (!ring.isFull) return Promise.resolve()
        return new Promise((resolve, reject) => roomWaiters.push({ resolve, reject }))
      },
    }
    const end = (): void => { state = 'ended' }
    const work = async (): Promise<void> => {
      try {
        await produce(emitter)
        end()
        stage.wake()
      } catch (error) {
        const late = state === 'ended'
        end()
        // After the end its complaint that nobody wants more is no failure.
        if (!late) stage.fail(error)
        else if (!(error instanceof QueueClosedError)) throw error
      }
    }

    return {
      pull(into, limit) {
        if (state === 'new') {
          state = 'producing'
          // Not inside the pull: what it pushes at once is found by asking again.
          working = Promise.resolve().then(work)
        }
        const count = ring.drain(into, limit)
        if (count > 0) {
          const waiters = roomWaiters
          roomWaiters = []
          for (const waiter of waiters) waiter.resolve()
          return count
        }
        return state === 'ended' ? DONE : PENDING
      },
      close() {
        const running = state === 'producing'
        end()
        ring.clear()
        controller.abort(closed())
        for (const waiter of roomWaiters.splice(0)) waiter.reject(closed())
        if (running && working) stage.linger(working)
      },
    }
  })
}
