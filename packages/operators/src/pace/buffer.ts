import { OptionError, type OnError, type Operator, type Overflow } from '@sluice/core'
import { asyncOperator, decision, declare, described, Held, Joint, maybeFn, maybeFnAtOnce, number, orderOf, whole, wholeNumber, words, type OrderOptions } from '@sluice/core/authoring'

const BUFFER = /* @__PURE__ */ declare(
  'buffer',
  () => ({
    args: { capacity: whole() },
    options: {
      overflow: words('wait', 'drop-oldest', 'drop-newest', 'latest', 'fail').or('wait'),
      low: whole(0).maybe(), maxWeight: number().maybe(), weigh: maybeFn, onDrop: maybeFn,
      compare: maybeFn, priority: maybeFn, levels: whole().maybe(), key: maybeFnAtOnce, perKey: whole().maybe(), onError: decision,
    },
  }),
  ({ capacity, overflow, compare, priority, key }) => ({
    drops: overflow === 'wait' || overflow === 'fail' ? 'nothing' : 'surplus',
    holds: overflow === 'latest' ? 1 : capacity,
    order: (compare ?? priority ?? key) ? 'changed' : 'kept',
  }),
)

/** Options of {@link buffer}. */
export interface BufferOptions<A> extends OrderOptions<A> {
  /**
   * What happens when it is full. `'wait'` (default) holds the source back; `'drop-oldest'`, `'drop-newest'` and
   * `'latest'` (only the newest value is kept) go on and drop; `'fail'` fails the run.
   */
  readonly overflow?: Overflow | undefined
  /** Full, it rests until so few values are left. Default a quarter of the capacity. */
  readonly low?: number | undefined
  /** What the values held may weigh together, at least 0; one heavier than that enters only an empty queue. With `weigh`. */
  readonly maxWeight?: number | undefined
  /** What a value weighs, at least 0: bytes, for instance. It is asked once per value. With `maxWeight`. */
  readonly weigh?: ((value: A) => number) | undefined
  /** Told of every dropped value; they are counted in any case. */
  readonly onDrop?: ((value: A) => void) | undefined
  /** What happens to an item on which `weigh`, `compare`, `priority` or `key` fails. Default `'fail'`. */
  readonly onError?: OnError<A> | undefined
  readonly name?: string | undefined
}

/**
 * A bounded queue between what is before and what is after it: each side goes on while the other waits.
 *
 * - **emits** the values as fast as downstream takes them: first in, first out; with `compare` or `priority` the most urgent first;
 *   with `key` one of each key in turn
 * - **holds back** when `capacity` values are held, until they have drained to `low`, or the next one would make them
 *   heavier than `maxWeight`, until they have drained to a quarter of that, or its key holds `perKey` values; with a dropping
 *   policy never
 * - **completes** when the source has completed and the queue is empty
 * - **buffers** at most `capacity` values of at most `maxWeight` together, and with `weigh` or `perKey` the one that does not
 *   fit
 * - **on failure** of `weigh`, `compare`, `priority` or `key` as `onError` says: nothing is read before that is decided; of the source
 *   or `onDrop`, the values held are delivered first
 * - **on abort** the values held are given up, and their tickets given back
 *
 * ```marble
 * in:                                     abcd--------|
 * buffer(2):                              a--b--c--d--|     downstream takes one every 3 -
 *
 * in:                                     abcd--------|
 * buffer(1, { overflow: 'drop-oldest' }): a--d--------|
 *
 * in:        abX
 * buffer(2): a--b--X
 * ```
 *
 * @param capacity how many values it holds, 1 or more; with `'latest'` it is 1.
 * @param options `overflow` (default `'wait'`), `low` (default `capacity - ceil(3/4 capacity)`), `maxWeight` and `weigh`
 * (default: only the count is bounded), `onDrop`, `onError`, `name`; for another order than first in, first out either `compare`, or `priority`
 * with `levels`, or `key` with `perKey`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from(['a', 'bcd', 'ef']).pipe(buffer(100, { maxWeight: 4, weigh: (text) => text.length })).to(toArray()).run() // ['a', 'bcd', 'ef']
 *
 * const orders = from([{ urgent: false, customer: 'Ada' }, { urgent: true, customer: 'Bo' }])
 * // Values that wait for the slow sink come out by urgency, and of each customer in turn.
 * orders.pipe(buffer(100, { priority: ({ urgent }) => (urgent ? 0 : 1), levels: 2 }))
 * orders.pipe(buffer(100, { key: ({ customer }) => customer, perKey: 10 }))
 * ```
 */
export function buffer<A>(capacity: number, options?: BufferOptions<A>): Operator<A, A> {
  const given = BUFFER.read(options, { capacity })
  const { name, overflow, low, maxWeight, weigh, onDrop, onError } = given
  if (low !== undefined) wholeNumber('buffer', 'low', low, 0, capacity - 1)
  if ((maxWeight === undefined) !== (weigh === undefined)) {
    if (weigh === undefined) throw new OptionError('buffer', 'maxWeight', maxWeight, 'given together with weigh')
    throw new OptionError('buffer', 'weigh', weigh, 'given together with maxWeight')
  }
  const order = orderOf<A>('buffer', given)
  const latest = overflow === 'latest'
  return described(BUFFER, { ...given, capacity }, asyncOperator<A, A>(
    name,
    (upstream, stage) =>
      new Joint<A>(upstream, stage, new Held<A>({
        name: stage.name,
        capacity: latest ? 1 : capacity,
        overflow,
        low,
        maxWeight,
        weigh,
        order,
        onDrop: (value, ticket) => {
          stage.settle(ticket, 'dropped', 'overflow')
          onDrop?.(value)
        },
      }), onError),
  ))
}
