import type { Sink } from '../contract/sink'
import { sink } from '../kit/sink'
import { callable } from '../options'
import type { ToQueueOptions } from './to-queue'

/** What {@link toTopic} publishes to: a Topic, or anything with these verbs. */
export interface PublishableTopic<T> {
  publish(value: T, options?: { readonly signal?: AbortSignal }): Promise<void>
  tryPublish(value: T): boolean
  close(): void
  fail(error: unknown): void
}

/**
 * Publishes each value to a topic; resolves with the number of values that were published.
 *
 * - **holds back** while a subscriber with the policy `wait` is too far behind
 * - **on completion** closes the topic: subscribers get what is left, then the end
 * - **on failure** fails the topic with the same error
 * - **on abort** a value that waits to be published is given up
 *
 * @param topic values are published in order.
 * @param options `preventClose`, `preventAbort`.
 *
 * @example
 * ```ts
 * const prices = new Topic<Price>({ capacity: 64 })
 * const feed = from(ticker).to(toTopic(prices)).run()
 * for await (const price of prices.subscribe({ policy: 'drop-oldest' })) show(price)
 * ```
 */
export function toTopic<T>(topic: PublishableTopic<T>, options: ToQueueOptions = {}): Sink<T, number> {
  callable('toTopic', 'topic.publish', (topic as Partial<PublishableTopic<T>> | undefined)?.publish)
  const { preventClose = false, preventAbort = false } = options
  return sink<T, number>('toTopic', (stage) => {
    let published = 0
    const publishRest = async (values: readonly T[]): Promise<void> => {
      const { signal } = stage.scope
      for (const value of values) {
        await topic.publish(value, { signal })
        published++
      }
    }
    return {
      write(values, count) {
        for (let i = 0; i < count; i++) {
          if (!topic.tryPublish(values[i] as T)) return publishRest(values.slice(i, count))
          published++
        }
      },
      end() {
        if (!preventClose) topic.close()
        return published
      },
      abort(reason) {
        if (!preventAbort) topic.fail(reason)
      },
    }
  })
}
