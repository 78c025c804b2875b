import type { Clock } from '../contract/clock'

/** Options of {@link Topic}. */
export interface TopicOptions {
  /** How far the slowest subscriber may be behind the newest value, in values: at least 1. Also the bound on memory. */
  readonly capacity: number
  /** How many past values a late subscriber may start with: 0 up to `capacity`. They are kept alive. Default 0. */
  readonly replay?: number | undefined
  /** What a publisher does while nobody subscribes: its value is accepted and lost, or it waits. Default `'drop'`. */
  readonly onNoSubscribers?: 'drop' | 'wait' | undefined
  /** How many publishers may wait at once; one more is refused with a `QueueFullError`. Default 10,000; may be Infinity. */
  readonly maxWaiting?: number | undefined
  /** Shown in errors. Default `'Topic'`. */
  readonly name?: string | undefined
  /** Default: the platform's. */
  readonly clock?: Clock | undefined
}
