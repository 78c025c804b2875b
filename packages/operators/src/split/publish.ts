import { type HandOverOptions, type Operator, type PublishableTopic } from '@sluice/core'
import { callable, declare, described, flagged, operator } from '@sluice/core/authoring'
import type { PassOn } from './side-target'
import { Publishing } from './publishing'

const PUBLISH = /* @__PURE__ */ declare('publish', () => ({ options: { preventClose: flagged, preventAbort: flagged } }), {})

/** Options of {@link publish}. */
export interface PublishOptions extends HandOverOptions {
  readonly name?: string | undefined
}

/**
 * Publishes each value to a topic, and hands it on: the run goes on where others listen in.
 *
 * - **emits** each value, in order, when the topic has accepted it
 * - **holds back** when downstream does, and while a subscriber with the policy `wait` is too far behind
 * - **completes** when the source does; the topic is closed then, and also when downstream wants no more
 * - **buffers** what it has read and the topic has not accepted, at most what downstream has asked for
 * - **on failure** of the source, or of a stage after it, the topic fails with the same error; a topic that has ended
 *   fails the run with a QueueClosedError
 * - **on abort** the topic fails with the reason; a value that waits to be published is given up
 *
 * The ticket of a value goes on with it; what subscribers do is not waited for.
 *
 * ```marble
 * in      -1-2-3-|
 *         publish(topic)
 * out     -1-2-3-|
 * topic   -1-2-3-|
 * ```
 *
 * @param topic a Topic, or anything with its verbs.
 * @param options `preventClose` and `preventAbort` leave the topic as it is; `name`.
 * @throws OptionError where `topic` is none.
 *
 * @example
 * ```ts
 * const prices = new Topic({ capacity: 16, replay: 2 })
 * await from([3, 4]).pipe(publish(prices)).to(drain()).run()
 * await from(prices.subscribe()).to(toArray()).run() // [3, 4]
 * ```
 */
export function publish<A>(topic: PublishableTopic<NoInfer<A>>, options?: PublishOptions): Operator<A, A>
export function publish<A>(topic: PublishableTopic<A>, options?: PublishOptions): PassOn<A>
export function publish<A>(topic: PublishableTopic<A>, options?: PublishOptions): Operator<A, A> {
  const given = PUBLISH.read(options)
  for (const verb of ['publish', 'tryPublish', 'close', 'fail'] as const) {
    callable('publish', `topic.${verb}`, (topic as Partial<PublishableTopic<A>> | null | undefined)?.[verb])
  }
  return described(PUBLISH, given, operator<A, A>(given.name, (upstream, stage) => new Publishing(upstream, stage, topic, given)), [], [{ part: topic, role: 'fills' }])
}
