import { type Operator, type StageOptions } from '@sluice/core'
import { answeredAtOnce, decision, declare, fn, fnAtOnce } from '@sluice/core/authoring'
import type { Branch, BranchOutput } from './branch'
import { fanOut } from './fan-out'
import { branchRules, checkSlowBranch, slowTraits, type SlowBranchOptions } from './slow-branch'
import { ToOne } from './to-one'

const PARTITION = /* @__PURE__ */ declare('partition', () => ({ args: { test: fnAtOnce, branchIfTrue: fn, branchIfFalse: fn }, options: { ...branchRules(), onError: decision } }), slowTraits)

/** Options of {@link partition}. */
export interface PartitionOptions<A> extends SlowBranchOptions<A, boolean>, StageOptions<A> {
  readonly name?: string | undefined
}

/** What a test leaves of `A` where it passes: less, where it is a type guard. */
export type Passed<A, P> = P extends (value: A) => value is (infer S extends A) ? S : A

/** What it leaves where it does not. */
export type Refused<A, P> = P extends (value: A) => value is (infer S extends A) ? Exclude<A, S> : A

/**
 * Sends the values that pass a test to one branch, the others to another.
 *
 * - **emits** what the branches emit, as it comes; a branch that ends in a sink emits nothing
 * - **holds back** as `slowBranch` says; by default a value whose branch is not ready is held, and all after it
 * - **completes** when both branches have; values for a branch that wants no more (`take`) are dropped and counted
 * - **buffers** one value at most, the one whose branch is not ready; with `{ buffer: n }` n more for each branch
 * - **on failure** of `test` as `onError` says; of a branch the run fails and the other is closed; of the source each
 *   branch gets it after the values it has coming
 * - **on abort** both branches are closed, their sinks aborted and waited for. When downstream wants no more, a branch
 *   that ends in a sink finishes what it was given
 *
 * ```marble
 * in    -1---2---3---4-|
 *       partition(n => n > 2, (s) => s, (s) => s.pipe(map(n => -n)))
 * out   --1---2--3---4-|       (-1, -2, 3, 4)
 * ```
 *
 * @param test a type guard narrows both branches.
 * @param branchIfTrue `(source) => Source | Pipeline` for what passes; called once, when the pipeline is built.
 * @param branchIfFalse the same for what does not.
 * @param options `slowBranch` (default `'gate'`), `onDrop(value, passed)`, `onDisconnect(passed)`, `name`, `onError`.
 * @throws OptionError where an option is wrong, or a branch is none.
 *
 * @example
 * ```ts
 * await from([1, 2, 3, 4]).pipe(partition((n) => n > 2, (s) => s, (s) => s.to(drain()))).to(toArray()).run() // [3, 4]
 * ```
 */
export function partition<A, P extends (value: A) => unknown, T extends Branch<Passed<A, P>>, F extends Branch<Refused<A, P>>>(
  test: P,
  branchIfTrue: T,
  branchIfFalse: F,
  options?: PartitionOptions<A>,
): Operator<A, BranchOutput<T | F>>
export function partition<A, B>(
  test: (value: A) => unknown,
  branchIfTrue: Branch<A>,
  branchIfFalse: Branch<A>,
  options?: PartitionOptions<A>,
): Operator<A, B> {
  const given = PARTITION.read(options, { test, branchIfTrue, branchIfFalse })
  return fanOut<A, B, boolean>({
    declaration: PARTITION,
    given,
    option: 'branch',
    branches: [branchIfTrue, branchIfFalse],
    labels: [true, false],
    policy: checkSlowBranch('partition', given),
    options: given,
    dealer: (hub) => new ToOne(hub, (value) => (answeredAtOnce(given.name, 'test', test(value)) ? 0 : 1)),
  })
}
