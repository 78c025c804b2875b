import type { Sink } from '../contract/sink'
import { callable } from '../options'
import { tell } from '../kit/described'
import { declare } from '../options/declare'
import { HAND_OVER, handingOver, type HandOverEachOptions } from './handing-over'

const TO_QUEUE = /* @__PURE__ */ declare('toQueue', () => ({ options: HAND_OVER }), {})

/** What {@link toQueue} writes to: BoundedQueue, PriorityQueue, KeyedQueue, or anything with these verbs. */
export interface PuttableQueue<T> {
  tryPut(value: T): boolean
  put(value: T, options?: { readonly signal?: AbortSignal }): Promise<void>
  close(): void
  fail(error: unknown): void
  /** How many values a policy has dropped so far, where there is one that drops. */
  readonly dropped?: number | undefined
}

/**
 * Puts each value into a queue; resolves with the number of values that were put. Those that a policy of the queue
 * dropped count: the queue tells them in `dropped` and `onDrop`.
 *
 * - **holds back** while the queue is full
 * - **on completion** closes the queue: what is inside still comes out
 * - **on failure** of a value that the queue refuses (it is full and fails, its `key` or `priority` throws) as `onError` says; a queue that is
 *   closed fails the run. A failure of the run fails the queue with the same error, so that its consumers learn of it
 * - **on abort** a put that waits is given up; its value is not in the queue
 *
 * @param queue values are put in order, one at a time.
 * @param options `preventClose`, `preventAbort`, with the meaning they have for `pipeTo` of WHATWG streams; `onError` (default `'fail'`), `name`.
 * @throws OptionError where the queue is none, or an option is wrong.
 *
 * @example
 * ```ts
 * const queue = new BoundedQueue<number>({ capacity: 100 })
 * const producing = range(1, 1000).to(toQueue(queue)).run()
 * for await (const n of queue) console.log(n)
 * await producing // 1000
 * ```
 */
export function toQueue<T>(queue: PuttableQueue<T>, options: HandOverEachOptions<T> = {}): Sink<T, number> {
  for (const verb of ['tryPut', 'put', 'close', 'fail'] as const) {
    callable('toQueue', `queue.${verb}`, (queue as Partial<PuttableQueue<T>> | null | undefined)?.[verb])
  }
  const tryNow = (value: T): boolean => {
    const { dropped } = queue
    // A policy that drops is done with the value: to put it again would drop it twice.
    return queue.tryPut(value) || queue.dropped !== dropped
  }
  const given = TO_QUEUE.read(options)
  return tell(handingOver<T>(given, queue, tryNow, (value, signal) => queue.put(value, { signal })), TO_QUEUE, given, undefined, undefined, [{ part: queue, role: 'fills' }])
}
