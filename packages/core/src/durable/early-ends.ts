import type { Stage } from '../contract/stage'
import { runningStage, type RunningStage } from '../engine/running-stage'
import { OptionError } from '../errors'
import type { Traits } from '../options/traits'

/** Joints end tickets when the next queue has confirmed, which is what they are for. */
const CONFIRMED = new Set(['durable', 'toDurable'])

/**
 * Refuses a pipeline in which items would be acknowledged before they are dealt with: where a stage behind their source hands values to somebody who does not
 * tell what becomes of them.
 *
 * @throws OptionError that names the stage.
 */
export function checkTicketsAreKept(owner: string, source: Stage): void {
  for (let stage = runningStage(source).consumer; stage !== undefined; stage = stage.consumer) {
    const { declaration, name } = stage
    if (declaration !== undefined && CONFIRMED.has(declaration.owner)) return
    const how = endsTickets(stage)
    if (how === undefined) continue
    throw new OptionError(owner, 'pipeline', name, 'one that keeps tickets', `${owner}: '${name}' ${how}, so that items would be acknowledged before they are dealt with, and a crash would lose them. `
      + 'Put the stage before the durable queue, or write what it makes to another durable queue')
  }
}

function endsTickets({ declaration, given, uses }: RunningStage<unknown>): string | undefined {
  if (uses?.some(({ role }) => role === 'fills')) return 'hands values to another run, in memory'
  const traits = declaration?.traits as Partial<Traits> | ((options: unknown) => Partial<Traits>) | undefined
  const { tickets } = (typeof traits === 'function' ? traits(given) : traits) ?? {}
  return tickets === 'ended' ? 'hands values to somebody who does not tell what becomes of them' : undefined
}
