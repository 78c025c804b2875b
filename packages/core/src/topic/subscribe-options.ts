import { OptionError } from '../errors'
import { callable, finiteNumber, oneOf, wholeNumber } from '../options'

/**
 * What happens when a subscriber has its bound of unread values and one more is published.
 *
 * - `wait`: the publisher waits for it
 * - `drop-oldest`: it loses its oldest unread value
 * - `drop-newest`: it loses the new value
 * - `disconnect`: its subscription ends with a `SlowSubscriberError`, and it loses what was unread
 */
export type LagPolicy = 'wait' | 'drop-oldest' | 'drop-newest' | 'disconnect'

/** Options of {@link Topic.subscribe}. */
export interface SubscribeOptions<T> {
  /** Default `'wait'`. */
  readonly policy?: LagPolicy | undefined
  /** Its bound of unread values: 1 up to the topic's capacity. Default: the capacity. */
  readonly lag?: number | undefined
  /**
   * Which values it gets; each is asked about at most once or, where dropped, twice. Default: all.
   *
   * A value it refuses counts as unread until it comes to the front, and never holds anybody from there. A throw ends
   * the subscription with that error, and nobody else.
   */
  readonly filter?: ((value: T) => boolean) | undefined
  /** Gets every value it loses by its policy. A throw ends the subscription with that error. */
  readonly onDrop?: ((value: T) => void) | undefined
  /** How many past values it starts with, if they are there: 0 up to the topic's `replay`. Default: the topic's `replay`. */
  readonly replay?: number | undefined
  /** With `disconnect`: how long, in ms, it may hold a publisher before it is disconnected. Default 0. */
  readonly disconnectAfterMs?: number | undefined
  /** Shown in errors. Default: the topic's name and a number. */
  readonly name?: string | undefined
}

/** The options with their defaults, checked. */
export interface SubscriptionPlan<T> {
  readonly name: string
  readonly policy: LagPolicy
  readonly lag: number
  readonly replay: number
  readonly graceMs: number
  readonly filter: ((value: T) => boolean) | undefined
  readonly onDrop: ((value: T) => void) | undefined
}

const POLICIES = ['wait', 'drop-oldest', 'drop-newest', 'disconnect'] as const

/** Checks the options of one subscription of a topic. Throws an `OptionError`. */
export function planSubscription<T>(
  options: SubscribeOptions<T>,
  topic: { readonly capacity: number; readonly replay: number },
  name: string,
): SubscriptionPlan<T> {
  const owner = options.name ?? name
  const { filter, onDrop } = options
  const policy = oneOf(owner, 'policy', options.policy ?? 'wait', POLICIES)
  const lag = wholeNumber(owner, 'lag', options.lag ?? topic.capacity)
  if (lag > topic.capacity) throw new OptionError(owner, 'lag', lag, `at most the capacity, ${topic.capacity}`)
  const replay = wholeNumber(owner, 'replay', options.replay ?? topic.replay, 0)
  if (replay > topic.replay) throw new OptionError(owner, 'replay', replay, `at most the topic's, ${topic.replay}`)
  const graceMs = finiteNumber(owner, 'disconnectAfterMs', options.disconnectAfterMs ?? 0)
  if (graceMs > 0 && policy !== 'disconnect') {
    throw new OptionError(owner, 'disconnectAfterMs', graceMs, `absent with the policy '${policy}'`)
  }
  if (filter !== undefined) callable(owner, 'filter', filter)
  if (onDrop !== undefined) callable(owner, 'onDrop', onDrop)
  return { name: owner, policy, lag, replay, graceMs, filter, onDrop }
}
