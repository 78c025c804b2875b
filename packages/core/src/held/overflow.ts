/**
 * What a full queue does with one more value.
 *
 * - `wait`: the producer waits until there is room
 * - `drop-oldest`: what would come out next is dropped, the new value is taken
 * - `drop-newest`: the new value is dropped
 * - `latest`: everything that waits is dropped, only the new value is kept
 * - `fail`: the put fails with a QueueFullError
 */
export type Overflow = 'wait' | 'drop-oldest' | 'drop-newest' | 'latest' | 'fail'

export const OVERFLOWS: readonly Overflow[] = ['wait', 'drop-oldest', 'drop-newest', 'latest', 'fail']
