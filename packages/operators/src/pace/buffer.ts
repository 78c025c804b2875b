import { asyncOperator, callable, Joint, oneOf, QueueFullError, wholeNumber, type JointOverflow, type Operator } from '@sluice/core'

/** Options of {@link buffer}. */
export interface BufferOptions<A> {
  /**
   * What happens when it is full. `'wait'` (default) holds the source back; `'drop-oldest'`, `'drop-newest'` and
   * `'latest'` (only the newest value is kept) go on and drop; `'fail'` fails the run.
   */
  readonly overflow?: JointOverflow | 'latest' | undefined
  /** Full, it rests until so few values are left. Default a quarter of the capacity. */
  readonly low?: number | undefined
  /** Told of every dropped value; they are counted in any case. */
  readonly onDrop?: ((value: A) => void) | undefined
  readonly name?: string | undefined
}

/**
 * A bounded queue between what is before and what is after it: each side goes on while the other waits.
 *
 * - **emits** the values in order, as fast as downstream takes them
 * - **holds back** when `capacity` values are held, until they have drained to `low`; with a dropping policy never
 * - **completes** when the source has completed and the queue is empty
 * - **buffers** at most `capacity` values
 * - **on failure** of the source, the values held are delivered first
 * - **on abort** the values held are given up, and their tickets given back
 *
 * @param capacity how many values it holds, 1 or more; with `'latest'` it is 1.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * from(sensor).pipe(buffer(100, { overflow: 'drop-oldest', onDrop: (reading) => lost.add(reading) }))
 * ```
 */
export function buffer<A>(capacity: number, options: BufferOptions<A> = {}): Operator<A, A> {
  const { overflow = 'wait', low, onDrop, name = 'buffer' } = options
  wholeNumber('buffer', 'capacity', capacity)
  oneOf('buffer', 'overflow', overflow, ['wait', 'drop-oldest', 'drop-newest', 'latest', 'fail'])
  if (onDrop) callable('buffer', 'onDrop', onDrop)
  if (low !== undefined) wholeNumber('buffer', 'low', low, 0, capacity - 1)
  const latest = overflow === 'latest'
  return asyncOperator<A, A>(
    name,
    (upstream, stage) =>
      new Joint<A>(upstream, stage, {
        capacity: latest ? 1 : capacity,
        overflow: latest ? 'drop-oldest' : overflow,
        low,
        onDrop,
        full: () => new QueueFullError(`${stage.name}: full (${capacity} values), and its overflow policy is 'fail'`),
      }),
  )
}
