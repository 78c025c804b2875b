import { type Operator } from '@sluice/core'
import { declare, fn, whole } from '@sluice/core/authoring'
import type { Branch, BranchOutput } from './branch'
import { fanOut } from './fan-out'
import { GATE } from './slow-branch'
import { ToFree } from './to-free'

const BALANCE = /* @__PURE__ */ declare('balance', () => ({ args: { count: whole(), branch: fn } }), {})

/** Options of {@link balance}. */
export interface BalanceOptions {
  readonly name?: string | undefined
}

/**
 * Shares the values out among several copies of a branch: each value goes to one that is free.
 *
 * - **emits** what the branches emit, as it comes: the order of the values is lost
 * - **holds back** when no branch is free. A slow branch holds nobody back, it gets fewer values; so there is no policy
 *   for it, and one that never asks gets none
 * - **completes** when all branches have; one that wants no more (`take`) leaves, and the others go on. With the last
 *   one the source is closed
 * - **buffers** nothing: a value is read when a copy has asked for it. Each copy may ask for one, so up to `count - 1`
 *   values are read that downstream has not asked for; a copy that should have values waiting begins with `buffer(n)`
 * - **on failure** of a branch the run fails and the others are closed; of the source each branch gets it after the
 *   values it has coming
 * - **on abort** all branches are closed, their sinks aborted and waited for. When downstream wants no more, branches
 *   that end in a sink finish what they were given
 *
 * ```marble
 * in    -1-2-3-4-|
 *       balance(2, (s) => s.pipe(mapAsync(work, { concurrency: 1 })))
 * out   ---1-2-4-3-|
 * ```
 *
 * @param count how many copies, 1 or more.
 * @param branch `(source) => Source | Pipeline`; called once for each copy, when the pipeline is built.
 * @param options `name`.
 * @throws OptionError where an option is wrong, or the branch is none.
 *
 * @example
 * ```ts
 * const all = await range(1, 4).pipe(balance(2, (s) => s.pipe(map((n) => n * 10)))).to(toArray()).run()
 * all.sort((a, b) => a - b) // [10, 20, 30, 40]
 * ```
 */
export function balance<A, F extends Branch<A>>(count: number, branch: F, options?: BalanceOptions): Operator<A, BranchOutput<F>> {
  const given = BALANCE.read(options, { count, branch })
  const labels = Array.from({ length: count }, (_, index) => index)
  return fanOut<A, BranchOutput<F>, number>({
    declaration: BALANCE,
    given,
    option: 'branch',
    branches: labels.map(() => branch),
    labels,
    policy: GATE,
    options: {},
    dealer: (hub) => new ToFree(hub),
  })
}
