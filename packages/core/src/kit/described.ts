import type { Operator } from '../contract/source'
import type { Told } from '../options/about'
import type { Use } from '../copies/parts'
import { siteAbove } from '../site/capture'
import type { Site } from '../site/site'
import type { Declaration, Rules } from '../options/declare'

/** Any declaration: what it declares does not matter. */
type AnyDeclaration = Pick<Declaration<Rules, Rules>, 'owner'>

/** Options, as they were read. */
type AnyGiven = { readonly name: string; readonly [option: string]: unknown }

/**
 * Makes an operator tell about itself before it runs: what it was declared as, and what it was given.
 *
 * @param declaration made by `declare`.
 * @param given what `declaration.read` answered.
 * @param others what it reads besides its upstream.
 * @param uses queues and topics that it reads or fills.
 *
 * @example
 * ```ts
 * const HEAD = /* @__PURE__ *\/ declare('head', () => ({ args: { count: whole(0) } }), { drops: 'chosen' })
 *
 * const head = <T>(count: number, options: { name?: string } = {}) => {
 *   const given = HEAD.read(options, { count })
 *   return described(HEAD, given, operator<T, T>(given.name, (upstream) => firstOf(upstream, count)))
 * }
 * ```
 */
export function described<A, B>(
  declaration: AnyDeclaration,
  given: AnyGiven,
  operator: Operator<A, B>,
  others: readonly unknown[] = [],
  uses?: readonly Use[],
): Operator<A, B> {
  const site = siteAbove(described, 1)
  return (upstream) => {
    const source = operator(upstream)
    // An operator that has nothing to do answers its upstream, which tells about itself.
    return source === (upstream as unknown) ? source : tellAt(site, source, declaration, given, [upstream, ...others], undefined, uses)
  }
}

/**
 * The same for a source or a sink: says what it was made of, and answers it.
 *
 * @param inputs what it reads.
 * @param sides pipelines that it feeds beside what it hands on.
 * @param uses queues and topics that it reads or fills.
 */
export function tell<S extends object>(made: S, declaration: AnyDeclaration, given: AnyGiven, inputs?: readonly unknown[], sides?: readonly unknown[], uses?: readonly Use[]): S {
  // What it is made of may have a place already: that of the same call.
  const { site = siteAbove(tell, 1) } = made as Told
  return tellAt(site, made, declaration, given, inputs, sides, uses)
}

/** The same for what was built elsewhere than it is told: an operator is built when it is called, and told about when it is piped. */
export function tellAt<S extends object>(
  site: Site | null | undefined, made: S, declaration: AnyDeclaration, given: AnyGiven, inputs?: readonly unknown[], sides?: readonly unknown[], uses?: readonly Use[],
): S {
  ;(made as Told).about = { name: given.name, declaration: declaration as Declaration<Rules, Rules>, given, inputs, sides, uses }
  ;(made as Told).site = site
  return made
}
