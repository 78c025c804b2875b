import type { Outlet, Wake } from '../contract/outlet'
import type { Openable } from '../contract/source'
import type { RunScope } from '../engine/run-scope'
import type { Told } from '../options/about'
import { RunningStage } from '../engine/running-stage'
import { depthOf, Flow, isFlow, type Link } from './flow'

/** The source that an operator makes of its upstream, opened in one loop with the operators before it. */
export function linked<B>(link: Link): Flow<B> {
  const { upstream, isStep } = link
  const joins = isStep && isFlow(upstream) && upstream.link?.isStep === true
  return new Flow<B>((scope, wake, told) => openLinks(link, scope, wake, told), depthOf(upstream) + (joins ? 0 : 1), link)
}

/**
 * Opens an operator with all operators before it, without recursion: of steps there may be thousands.
 *
 * ```text
 *   source ◀─ open ─ a ◀─ b ◀─ c      first the stages, each under the one that pulls it, then the source
 *   source ─▶ start a ─▶ start b ─▶ start c      then the running halves, the other way round
 * ```
 */
function openLinks(last: Link, scope: RunScope, wake: Wake, lastTold: Told): Outlet<unknown> {
  const links: Link[] = []
  const stages: RunningStage<unknown>[] = []
  let consumer: RunningStage<unknown> | undefined
  let source: Openable<unknown> | undefined
  let told = lastTold
  for (let link: Link | undefined = last; link; ) {
    const { name } = link
    // The consumer is woken directly: a wake that passed through every operator would cost 5 ns in each.
    const stage: RunningStage<unknown> = consumer ? scope.makeUnder(consumer, name, wake, told) : new RunningStage<unknown>(scope, 'operator', name, wake, told)
    if (consumer) {
      consumer.isLeaf = false
      if (link.isStep && links.at(-1)?.isStep === true) stage.depth = consumer.depth
    }
    links.push(link)
    stages.push(stage)
    consumer = stage
    const upstream: Openable<unknown> = link.upstream
    source = upstream
    if (!isFlow(upstream)) break
    told = upstream
    link = upstream.link
  }
  let outlet = scope.openFor(consumer as RunningStage<unknown>, source as Openable<unknown>, wake)
  for (let i = links.length - 1; i >= 0; i--) {
    const link = links[i] as Link
    const stage = stages[i] as RunningStage<unknown>
    outlet = stage.start(link.start, outlet)
  }
  return outlet
}
