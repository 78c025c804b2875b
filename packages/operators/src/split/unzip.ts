import { OptionError, type Operator, type StageOptions } from '@sluice/core'
import { callable, coded, decision, declare } from '@sluice/core/authoring'
import type { Branch, BranchOutput } from './branch'
import { fanOut } from './fan-out'
import { branchRules, checkSlowBranch, slowTraits, type SlowBranchOptions } from './slow-branch'
import { ToAll } from './to-all'

const UNZIP = /* @__PURE__ */ declare('unzip', () => ({ options: { ...branchRules(), onError: decision } }), slowTraits)

/** Options of {@link unzip}. */
export interface UnzipOptions<A> extends SlowBranchOptions<A, number>, StageOptions<A> {
  readonly name?: string | undefined
}

/**
 * Takes lists apart: the first part of each goes to the first branch, the second to the second, and so on.
 *
 * - **emits** what the branches emit, as it comes; a branch that ends in a sink emits nothing
 * - **holds back** as `slowBranch` says; by default the slowest branch holds back all. A branch that never reads holds
 *   back all until it ends
 * - **completes** when all branches have; a branch that wants no more (`take`) leaves, and the others go on
 * - **buffers** nothing; with `{ buffer: n }` up to n parts for each branch that lags
 * - **on failure** of a branch the run fails and the others are closed; a value that is no list goes where `onError` says; of the
 *   source each branch gets the failure after the parts it has coming
 * - **on abort** all branches are closed, their sinks aborted and waited for. When downstream wants no more, branches
 *   that end in a sink finish what they were given
 *
 * A list that is too short has undefined for the parts it lacks; what no branch takes is left out.
 *
 * ```marble
 * in    -[1,a]---[2,b]-|
 *       unzip([(s) => s, (s) => s.pipe(map(t => t + t))])
 * out   -1-aa----2-bb-|
 * ```
 *
 * @param branches functions `(source) => Source | Pipeline`, one for each part; called once, when the pipeline is built.
 * @param options `slowBranch` (default `'gate'`), `onDrop(list, index)`, `onDisconnect(index)`, `name`, `onError`.
 * @throws OptionError where an option is wrong, or a branch is none.
 *
 * @example
 * ```ts
 * const pairs: [number, string][] = [[1, 'a'], [2, 'b']]
 * await from(pairs).pipe(unzip([(s) => s.pipe(map((n) => n * 10)), (s) => s.to(drain())])).to(toArray()).run() // [10, 20]
 * ```
 */
export function unzip<A extends readonly unknown[], const F extends { readonly [K in keyof A]?: Branch<A[K]> }>(
  branches: F,
  options?: UnzipOptions<A>,
): Operator<A, BranchOutput<F[number & keyof F]>>
export function unzip<A extends readonly unknown[], B>(branches: readonly Branch<never, B>[], options?: UnzipOptions<A>): Operator<A, B> {
  const given = UNZIP.read(options)
  const { name } = given
  if (!Array.isArray(branches) || branches.length === 0) throw new OptionError('unzip', 'branches', branches, 'a list of at least one branch')
  const checked: readonly Branch<never>[] = branches
  for (const [index, branch] of checked.entries()) callable('unzip', `branches[${index}]`, branch)
  return fanOut<A, B, number>({
    declaration: UNZIP,
    given,
    option: 'branches',
    branches: checked,
    labels: [...checked.keys()],
    policy: checkSlowBranch('unzip', given),
    options: given,
    dealer: (hub) =>
      new ToAll(hub, (value: unknown) => {
        if (Array.isArray(value)) return value as readonly unknown[]
        throw coded('SLUICE_VALUE', new TypeError(`${name}: each value must be an array, got ${value === null ? 'null' : typeof value}`))
      }),
  })
}
