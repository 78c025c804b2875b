import { OptionError, type Operator, type StageOptions } from '@sluice/core'
import { answeredAtOnce, callable, coded, decision, declare, fnAtOnce, maybeFn } from '@sluice/core/authoring'
import type { Branch, BranchOutput } from './branch'
import { fanOut } from './fan-out'
import { branchRules, checkSlowBranch, slowTraits, type SlowBranchOptions } from './slow-branch'
import { ToOne } from './to-one'

const ROUTE = /* @__PURE__ */ declare('route', () => ({ args: { pick: fnAtOnce }, options: { ...branchRules(), otherwise: maybeFn, onError: decision } }), slowTraits)

/** Options of {@link route}. `K` are the names of its branches. */
export interface RouteOptions<A, K extends string = string, O extends Branch<A> = Branch<A>>
  extends SlowBranchOptions<A, K | 'otherwise'>, StageOptions<A> {
  /** Where values go for which `pick` names no branch. Default: such a value is a failure. */
  readonly otherwise?: O | undefined
  readonly name?: string | undefined
}

/**
 * Sends each value to the branch that a function names.
 *
 * - **emits** what the branches emit, as it comes; a branch that ends in a sink emits nothing
 * - **holds back** as `slowBranch` says; by default a value whose branch is not ready is held, and all after it
 * - **completes** when all branches have; values for a branch that wants no more (`take`) are dropped and counted. With
 *   the last one the source is closed
 * - **buffers** one value at most, the one whose branch is not ready; with `{ buffer: n }` n more for each branch
 * - **on failure** of `pick` as `onError` says, an unmatched value included: without `otherwise` it is one; of a branch
 *   the run fails and the others are closed; of the source each branch gets it after the values it has coming
 * - **on abort** all branches are closed, their sinks aborted and waited for. When downstream wants no more, branches
 *   that end in a sink finish what they were given
 *
 * ```marble
 * in    -1---2---3---4-|
 *       route({ odd: (s) => s.pipe(map(n => -n)), even: (s) => s }, (n) => (n % 2 ? 'odd' : 'even'))
 * out   --1--2--3--4-|       (-1, 2, -3, 4)
 * ```
 *
 * @param branches functions `(source) => Source | Pipeline` by name; called once, when the pipeline is built.
 * @param pick answers the name of a branch, anything else for none; called once per value.
 * @param options `otherwise`, `slowBranch` (default `'gate'`), `onDrop(value, name)`, `onDisconnect(name)`, `name`,
 * `onError`.
 * @throws OptionError where an option is wrong, or a branch is none.
 *
 * @example
 * ```ts
 * await from([1, 2, 3, 4]).pipe(route(
 *   { odd: (s) => s.pipe(map((n) => n * 10)) },
 *   (n) => (n % 2 ? 'odd' : 'even'),
 *   { otherwise: (s) => s.to(drain()) },
 * )).to(toArray()).run() // [10, 30]
 * ```
 */
export function route<A, const F extends Readonly<Record<string, Branch<A>>>, O extends Branch<A> = Branch<A, never>>(
  branches: F,
  pick: (value: A) => keyof F | (string & {}) | number | null | undefined,
  options?: RouteOptions<A, keyof F & string, O>,
): Operator<A, BranchOutput<F[keyof F] | O>>
export function route<A, B>(
  branches: Readonly<Record<string, Branch<A>>>,
  pick: (value: A) => PropertyKey | null | undefined,
  options?: RouteOptions<A>,
): Operator<A, B> {
  const lanesOf = new Map(Object.entries((branches as typeof branches | undefined) ?? {}))
  if (lanesOf.size === 0) throw new OptionError('route', 'branches', branches, 'an object of at least one branch')
  for (const [label, branch] of lanesOf) callable('route', `branches.${label}`, branch)
  const given = ROUTE.read(options, { pick })
  const { name, otherwise } = given
  const labels = [...lanesOf.keys()]
  const lanes = new Map<PropertyKey | null | undefined, number>(labels.map((label, lane) => [label, lane]))
  if (otherwise !== undefined) {
    if (lanesOf.has('otherwise')) throw new OptionError('route', 'otherwise', otherwise, 'absent where a branch has that name')
    lanesOf.set('otherwise', otherwise)
    labels.push('otherwise')
  }
  const rest = otherwise && labels.length - 1
  return fanOut<A, B, string>({
    declaration: ROUTE,
    given,
    option: 'branches',
    branches: [...lanesOf.values()],
    labels,
    policy: checkSlowBranch('route', given),
    options: given,
    dealer: (hub) =>
      new ToOne(hub, (value) => {
        const picked = answeredAtOnce(name, 'pick', pick(value))
        const lane = lanes.get(typeof picked === 'number' ? String(picked) : picked) ?? rest
        if (lane !== undefined) return lane
        throw coded('SLUICE_RANGE', new RangeError(`${name}: no branch '${String(picked)}', and no otherwise; there are ${labels.map((label) => `'${label}'`).join(', ')}`))
      }),
  })
}
