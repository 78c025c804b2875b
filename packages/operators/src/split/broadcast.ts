import { OptionError, type Operator } from '@sluice/core'
import { declare, Rehearsal } from '@sluice/core/authoring'
import type { Branch, BranchInput, BranchOutput } from './branch'
import { fanOut } from './fan-out'
import { branchRules, checkSlowBranch, slowTraits, type SlowBranchOptions } from './slow-branch'
import { ToAll } from './to-all'

const BROADCAST = /* @__PURE__ */ declare('broadcast', () => ({ options: { ...branchRules() } }), slowTraits)

const rehearsal = /* @__PURE__ */ new Rehearsal(() => broadcast([(source) => source, (source) => source]), 16)

/** Options of {@link broadcast}. */
export type BroadcastOptions<A> = SlowBranchOptions<A, number>

/**
 * Gives every value to every branch.
 *
 * - **emits** what the branches emit, as it comes; a branch that ends in a sink (`source.to(...)`) emits nothing
 * - **holds back** as `slowBranch` says; by default the slowest branch holds back all, so each value is read when every
 *   branch has asked for it. A branch that never reads holds back all until it ends
 * - **completes** when all branches have; a branch that wants no more (`take`) leaves, and the others go on. With
 *   the last one the source is closed
 * - **buffers** nothing; with `{ buffer: n }` up to n values for each branch that lags
 * - **on failure** of a branch the run fails, the others are closed and their sinks aborted; of the source, each branch
 *   gets the failure after the values it has coming, and the run fails when all of them have ended (with `'drop'` at
 *   once). A branch that recovers from it has done so for itself
 * - **on abort** all branches are closed, their sinks aborted and waited for. When downstream wants no more, branches
 *   that end in a sink finish what they were given
 *
 * A ticket is split between the branches that get its value; what a branch loses by `'drop'` is dealt with for it.
 *
 * ```marble
 * in    -1---2---3-|
 *       broadcast([(s) => s, (s) => s.pipe(map(n => n * 10))])
 * out   -1-10-2-20-3-30-|
 * ```
 *
 * @param branches functions `(source) => Source | Pipeline`, 1 or more; called once, when the pipeline is built.
 * @param options `slowBranch` (default `'gate'`), `onDrop(value, index)`, `onDisconnect(index)`, `name`.
 * @throws OptionError where an option is wrong, or a branch is none.
 *
 * @example
 * ```ts
 * const seen: number[] = []
 * await from([1, 2]).pipe(broadcast([
 *   (s) => s.pipe(map((n) => n * 10)),
 *   (s) => s.to(forEach((n) => { seen.push(n) })),
 * ])).to(toArray()).run() // [10, 20]
 * ```
 */
export function broadcast<A, const F extends readonly Branch<A>[]>(
  branches: F,
  options?: BroadcastOptions<A>,
): Operator<A, BranchOutput<F[number]>>
export function broadcast<const F extends readonly Branch<never>[]>(
  branches: F,
  options?: BroadcastOptions<BranchInput<F[number]>>,
): Operator<BranchInput<F[number]>, BranchOutput<F[number]>>
export function broadcast<A, B>(branches: readonly Branch<A, B>[], options?: BroadcastOptions<A>): Operator<A, B> {
  // Before the options: the second of `broadcast(a, b)` is no list of options, but what is wrong is the first.
  if (!Array.isArray(branches) || branches.length === 0) throw new OptionError('broadcast', 'branches', branches, 'a list of at least one branch')
  const given = BROADCAST.read(options)
  rehearsal.later()
  const checked: readonly Branch<A>[] = branches
  for (const [index, branch] of checked.entries()) {
    if (typeof branch !== 'function') throw new OptionError('broadcast', `branches[${index}]`, branch, 'a function such as (source) => source.to(sink)')
  }
  return fanOut<A, B, number>({
    declaration: BROADCAST,
    given,
    option: 'branches',
    branches: checked,
    labels: [...checked.keys()],
    policy: checkSlowBranch('broadcast', given),
    options: given,
    dealer: (hub) => new ToAll(hub),
  })
}
