import { type Operator, type StageOptions } from '@sluice/core'
import { answeredAtOnce, asyncOperator, decision, declare, described, fnAtOnce, ms, whole, words } from '@sluice/core/authoring'
import type { Group } from './grouping'
import { Groups } from './groups'

const GROUP_BY = /* @__PURE__ */ declare('groupBy', () => ({ args: { key: fnAtOnce }, options: { maxGroups: whole(), capacity: whole().or(16), idleMs: ms(Number.MIN_VALUE).maybe(), onGroupLimit: words('fail', 'evict').or('fail'), onError: decision } }), ({ maxGroups, capacity }) => ({ holds: maxGroups * capacity }))

/** Options of {@link groupBy}. */
export interface GroupByOptions<A> extends StageOptions<A> {
  /** Groups at once, 1 or more. There is no default: every one of them has to be consumed, all at the same time. */
  readonly maxGroups: number
  /** Values a group may hold, 1 or more. Default 16. */
  readonly capacity?: number | undefined
  /**
   * A group to which no value has come for so many ms ends, when its consumer has taken what it holds; a value that comes
   * before that still joins it. Default: it ends with the source.
   */
  readonly idleMs?: number | undefined
  /**
   * What happens when a value needs one group too many. `'fail'` (default): a {@link GroupLimitError}, about which
   * `onError` decides. `'evict'`: the group to which no value has come for longest ends, and the new one begins when
   * its consumer is done with it.
   */
  readonly onGroupLimit?: 'fail' | 'evict' | undefined
}

/**
 * Deals values out to groups by a key, each a source of its own.
 *
 * - **emits** `{ key, source }` when the first value of a key comes; the values come out of `source`, which can be
 *   consumed once, in this run (an operator that merges inner sources) or in one of its own
 * - **holds back** all groups when the group of the next value is full: the slowest one sets the pace
 * - **completes** when the source completes; groups complete when what they hold is out. A group that ended because it
 *   was idle, evicted, or its consumer wanted no more is followed by another one when a value of its key comes; a key has
 *   one group at a time, so its values stay in order
 * - **buffers** at most `maxGroups` times `capacity` values, and the one that found no place
 * - **on failure** of the source or of `key`, groups hand out what they hold, then fail too; about `key` decides `onError`
 * - a group may be consumed by a run of its own. One that is full and that nobody has opened a second after it was emitted is
 *   a DeadlockError, where nothing else of the run can go on
 * - **on abort**, and when a group's consumer wants no more, what is held is given up; one timer at most, with `idleMs`
 *
 * **Consume all groups at once**, `maxGroups` of them: a consumer that works on fewer waits for one of them to end,
 * while the source waits for room in a group that nobody consumes, and both wait for ever. Where groups are worked on
 * by an operator with a `concurrency`, that is at least `maxGroups`, and its results are unordered. Do not filter groups
 * out: consume what you do not want with `take(0)` or into `drain()`.
 *
 * ```marble
 * in    a1-b1-a2-------b2-|
 *       groupBy(([letter]) => letter, { maxGroups: 2 })
 * out   {a}-{b}-----------|
 * a     a1----a2----------|
 * b     ---b1----------b2-|
 * ```
 *
 * @param key tells the group of a value; compared as the keys of a Map are.
 * @param options `maxGroups` (required), `capacity`, `idleMs` in ms, `onGroupLimit`, `name`, `onError`.
 * @throws OptionError where an option is wrong or `maxGroups` is missing.
 *
 * @example
 * ```ts
 * const byWhom = groupBy((order: { by: string; n: number }) => order.by, { maxGroups: 8 })
 * const totals = from([{ by: 'ann', n: 1 }, { by: 'bob', n: 5 }, { by: 'ann', n: 2 }]).pipe(
 *   byWhom,
 *   mapAsync(({ source }) => source.to(reduce((sum, { n }) => sum + n, 0)).run(), { concurrency: 8 }),
 * )
 * await totals.to(toArray()).run() // [3, 5]
 * ```
 */
export function groupBy<A, K>(key: (value: A) => K, options: GroupByOptions<A>): Operator<A, Group<K, A>> {
  const given = GROUP_BY.read(options, { key })
  const { name, maxGroups, capacity, idleMs, onGroupLimit, onError } = given
  return described(GROUP_BY, given, asyncOperator<A, Group<K, A>>(
    name,
    (upstream, stage) => new Groups(upstream, stage, (value) => answeredAtOnce(name, 'key', key(value)), { maxGroups, capacity, idleMs, onGroupLimit, onError }),
  ))
}
