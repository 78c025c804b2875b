import type { Sink } from '../contract/sink'
import { callable } from '../options'
import { tell } from '../kit/described'
import { declare } from '../options/declare'
import { HAND_OVER, handingOver, type HandOverEachOptions } from './handing-over'

const TO_TOPIC = /* @__PURE__ */ declare('toTopic', () => ({ options: HAND_OVER }), {})

/** What {@link toTopic} publishes to: a Topic, or anything with these verbs. */
export interface PublishableTopic<T> {
  publish(value: T, options?: { readonly signal?: AbortSignal }): Promise<void>
  tryPublish(value: T): boolean
  close(): void
  fail(error: unknown): void
  /** The subscriber that is furthest behind, where the topic tells: shown in stats. */
  readonly slowest?: { readonly name: string; readonly unread: number; readonly lag: number; readonly holds: boolean } | undefined
}

/**
 * Publishes each value to a topic; resolves with the number of values that were published.
 *
 * - **holds back** while a subscriber with the policy `wait` is too far behind
 * - **on completion** closes the topic: subscribers get what is left, then the end
 * - **on failure** of a value that the topic refuses as `onError` says; a topic that is closed fails the run. A failure of the run fails the
 *   topic with the same error
 * - **on abort** a value that waits to be published is given up
 *
 * @param topic values are published in order.
 * @param options `preventClose`, `preventAbort`, `onError` (default `'fail'`), `name`.
 * @throws OptionError where the topic is none, or an option is wrong.
 *
 * @example
 * ```ts
 * const prices = new Topic<Price>({ capacity: 64 })
 * const feed = from(ticker).to(toTopic(prices)).run()
 * for await (const price of prices.subscribe({ policy: 'drop-oldest' })) show(price)
 * ```
 */
export function toTopic<T>(topic: PublishableTopic<T>, options: HandOverEachOptions<T> = {}): Sink<T, number> {
  for (const verb of ['tryPublish', 'publish', 'close', 'fail'] as const) {
    callable('toTopic', `topic.${verb}`, (topic as Partial<PublishableTopic<T>> | null | undefined)?.[verb])
  }
  const given = TO_TOPIC.read(options)
  return tell(handingOver<T>(given, topic, (value) => topic.tryPublish(value), (value, signal) => topic.publish(value, { signal }), () => detailOf(topic)), TO_TOPIC, given, undefined, undefined, [{ part: topic, role: 'fills' }])
}

function detailOf({ slowest }: PublishableTopic<never>): Record<string, number | string> | undefined {
  return slowest && { slowest: slowest.name, unread: slowest.unread, lag: slowest.lag, holds: slowest.holds ? 1 : 0 }
}
