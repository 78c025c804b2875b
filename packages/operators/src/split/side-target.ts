import { OptionError, type Operator, type Pipeline, type Sink, type Source } from '@sluice/core'
import { declare, operator, Port, siteAbove, tellAt } from '@sluice/core/authoring'
import { assemble } from './branch'
import { Side, type SideOptions } from './side'

const SIDE = /* @__PURE__ */ declare('side', () => ({}), {})

/** A branch that ends in a sink. */
export type SideBranch<A> = (source: Source<A>) => Pipeline<unknown>

/** What stands at the side of an operator: a sink, or a branch that ends in one. */
export type SideTarget<A> = Sink<A, unknown> | SideBranch<A>

/** An operator that hands on what it gets, whatever it is, as long as it is an `A`. */
export type PassOn<A> = <T extends A>(upstream: Source<T>) => Source<T>

/** Checks a target when the operator is called. */
export function checkTarget(owner: string, target: unknown): void {
  const given = target as Partial<Sink<never, unknown> & Source<never>> | null | undefined
  if (typeof given === 'function') return
  if (typeof given?.open === 'function' && given.pipe === undefined) return
  throw new OptionError(owner, 'target', target, 'a sink, or a function that answers a pipeline made by to(sink)')
}

/** Makes an operator that hands its values on, and to a target at its side. */
export function withSide<A>(declaration: { readonly owner: string }, given: { readonly name: string }, target: SideTarget<A>, options: SideOptions<A>): Operator<A, A> {
  const { name } = given
  const site = siteAbove(withSide, 1)
  return (upstream) => {
    const port = new Port<A, Side<A>>(`${name}.side`, (side, stage) => side.lane.open(stage))
    const pipeline = typeof target === 'function' ? pipelineOf(declaration.owner, target, port.source) : port.source.to(target)
    const made = operator<A, A>(name, (outlet, stage) => {
      const side = new Side(outlet, stage, options)
      port.attach(stage, stage, side)
      return side.attach(pipeline)
    })(upstream)
    tellAt(site, port.source, SIDE, { name: `${name}.side` }, [made])
    return tellAt(site, made, declaration, given, [upstream], [pipeline])
  }
}

function pipelineOf<A>(owner: string, target: SideBranch<A>, source: Source<A>): Pipeline<unknown> {
  const { pipeline } = assemble(owner, 'target', target, source)
  if (pipeline) return pipeline
  throw new OptionError(owner, 'target', target, 'a sink, or a function that answers a pipeline made by to(sink)')
}
