import type { Outlet } from '../contract/outlet'
import type { Puller } from '../contract/puller'
import type { Operator } from '../contract/source'
import type { Stage } from '../contract/stage'
import type { OnError, StageOptions } from '../contract/supervision'
import { superviseOperator } from '../engine/replay'
import { checkOnError } from '../engine/supervisor'
import { optionsOf } from '../options'
import { declare } from '../options/declare'
import type { Traits } from '../options/traits'
import { linked } from '../run/linked'
import { described } from './described'

/**
 * Makes an operator of an idea: what a pull answers, given what upstream answers.
 *
 * The kernel owns the protocol: it ends the operator at most once, closes upstream exactly once, delivers the values
 * before a failure first, supervises, counts, and names what failed. `open` is called once per run.
 *
 * - An operator that decides by looking at values pulls one at a time, so that demand stays exact.
 * - One that calls user code over a batch sets `stage.ready` to the number of values it has finished, or uses
 *   {@link mapping}, {@link filtering} or {@link expanding}, which do.
 * - `tickets`: hand on `upstream.tickets` where values come out one for one; see {@link Puller.tickets}.
 *
 * @param name shown in failures, stats and the graph; `options.name` takes precedence.
 * @param open makes the running half from the opened upstream.
 * @param options `name`; `onError` for what becomes of an item on which the operator throws; `traits`: what it does to
 * values, for `describePipeline`, where it deviates from: tickets and order are kept, nothing is dropped or held.
 *
 * @example
 * ```ts
 * const everyOther = <T>() =>
 *   operator<T, T>('everyOther', (upstream) => {
 *     let odd = false
 *     return {
 *       pull(into, limit) {
 *         const count = upstream.pull(into, limit)
 *         let kept = 0
 *         for (let i = 0; i < count; i++) if ((odd = !odd)) into[kept++] = into[i] as T
 *         return count < 0 ? count : kept // 0 means "ask me again"
 *       },
 *     }
 *   })
 * await from([1, 2, 3]).pipe(everyOther()).to(toArray()).run() // [1, 3]
 * ```
 */
export function operator<A, B>(
  name: string,
  open: (upstream: Outlet<A>, stage: Stage) => Puller<B>,
  options: StageOptions<A> & { readonly traits?: Partial<Traits> | undefined } = {},
): Operator<A, B> {
  const { onError, name: stageName = name, traits } = optionsOf(name, options)
  checkOnError(name, onError)
  const made = operatorOf(stageName, onError, false, open)
  return traits ? described(declare(name, () => ({}), traits), { name: stageName, onError }, made) : made
}

/** @param isStep where neighbours that are steps, too, and have no supervisor, are pulled as one. */
export function operatorOf<A, B>(
  name: string,
  onError: OnError<A> | undefined,
  isStep: boolean,
  open: (upstream: Outlet<A>, stage: Stage) => Puller<B>,
): Operator<A, B> {
  const isSupervised = onError !== undefined && onError !== 'fail'
  return (upstream) =>
    linked<B>({
      upstream, name, isStep: isStep && !isSupervised,
      start: (stage, given) => {
        const outlet = given as Outlet<A>
        return onError === undefined || onError === 'fail' ? open(outlet, stage)
          : superviseOperator<A, unknown>(outlet, stage, onError, (replay) => open(replay, stage))
      },
    })
}
