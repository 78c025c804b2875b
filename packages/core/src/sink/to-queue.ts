import type { Sink } from '../contract/sink'
import { sink } from '../kit/sink'
import { callable } from '../options'

/** What {@link toQueue} writes to: BoundedQueue, PriorityQueue, KeyedQueue, or anything with these verbs. */
export interface PuttableQueue<T> {
  tryPut(value: T): boolean
  put(value: T, options?: { readonly signal?: AbortSignal }): Promise<void>
  close(): void
  fail(error: unknown): void
}

/** Options of {@link toQueue}. */
export interface ToQueueOptions {
  /** Leave the queue open when the source ends: for several producers of one queue. Default false: it is closed. */
  readonly preventClose?: boolean | undefined
  /** Leave the queue as it is when the run fails or is aborted. Default false: it fails with the same error. */
  readonly preventAbort?: boolean | undefined
}

/**
 * Puts each value into a queue; resolves with the number of values that were put.
 *
 * - **holds back** while the queue is full
 * - **on completion** closes the queue: what is inside still comes out
 * - **on failure** fails the queue with the same error, so that its consumers learn of it
 * - **on abort** a put that waits is given up; its value is not in the queue
 *
 * @param queue values are put in order, one at a time.
 * @param options `preventClose`, `preventAbort`, with the meaning they have for `pipeTo` of WHATWG streams.
 *
 * @example
 * ```ts
 * const queue = new BoundedQueue<number>({ capacity: 100 })
 * const producing = range(1, 1000).to(toQueue(queue)).run()
 * for await (const n of queue) use(n)
 * await producing // 1000
 * ```
 */
export function toQueue<T>(queue: PuttableQueue<T>, options: ToQueueOptions = {}): Sink<T, number> {
  callable('toQueue', 'queue.put', (queue as Partial<PuttableQueue<T>> | undefined)?.put)
  const { preventClose = false, preventAbort = false } = options
  return sink<T, number>('toQueue', (stage) => {
    let put = 0
    const putRest = async (values: readonly T[]): Promise<void> => {
      const { signal } = stage.scope
      for (const value of values) {
        await queue.put(value, { signal })
        put++
      }
    }
    return {
      write(values, count) {
        for (let i = 0; i < count; i++) {
          if (!queue.tryPut(values[i] as T)) return putRest(values.slice(i, count))
          put++
        }
      },
      end() {
        if (!preventClose) queue.close()
        return put
      },
      abort(reason) {
        if (!preventAbort) queue.fail(reason)
      },
    }
  })
}
