import type { Pipeline } from '../contract/run'
import type { Openable } from '../contract/source'
import { descriptionOf } from './describe-pipeline'
import { Plan, type Hazard } from './hazard'
import { findHazards } from './hazards'
import { finite } from './queue'

/** What is known of one stage before it runs. */
export interface ExplainedStage {
  readonly id: string
  readonly madeBy: string | null
  readonly site: string | null
  /** The most values it holds back, besides one in hand; null where that is unknown or has no bound. */
  readonly holds: number | null
  /** The most that what it holds weighs; null where weight does not count, or has no bound. */
  readonly weighs: number | null
  /** The most pipelines of its own, made of values: what is held in them comes on top. */
  readonly opens: number
}

/** What `explain` answers: plain JSON. */
export interface Explanation {
  readonly stages: readonly ExplainedStage[]
  /** The most values that are held back at once, besides one in the hand of each stage; null where some stage is unknown or has no bound. */
  readonly holds: number | null
  /** The most that all of them weigh; null where some stage that holds values does not bound their weight. */
  readonly weighs: number | null
  /** The ids of the stages that put values into another order. */
  readonly reorders: readonly string[]
  /** The ids of the stages that drop values because of when they come. */
  readonly drops: readonly string[]
  /** The ids of the stages at which tickets end: values before them are acknowledged there. */
  readonly endsTickets: readonly string[]
  /** The ids of the stages of which nothing is known. */
  readonly unknown: readonly string[]
  readonly hazards: readonly Hazard[]
  /** All this for people. */
  readonly text: string
}

/**
 * What a pipeline will do, told before anything runs: the most it holds, which stages reorder, drop or end tickets, and what may go
 * wrong. Runs no code of the program.
 *
 * @param pipeline what `to(sink)` answered, or a source.
 * @returns plain JSON, with a `text` to be printed.
 * @throws TypeError where it is neither.
 *
 * @example
 * ```ts
 * import { drain, explain, from, groupBy, mergeMap } from 'sluice'
 *
 * const byParity = groupBy((n: number) => n % 2, { maxGroups: 2 })
 * const { hazards } = explain(from([1, 2]).pipe(byParity, mergeMap(({ source }) => source, { concurrency: 1 })).to(drain()))
 * hazards.map(({ id, stage }) => `${id}: ${stage}`) // ['groups-starved: groupBy']
 * ```
 */
export function explain(pipeline: Pipeline<unknown> | Openable<unknown>): Explanation {
  const { stages: described, edges, holds, drops, reorders, endsTickets, unknown } = descriptionOf(pipeline, 'explain')
  const stages = described.map(({ id, madeBy, site, traits, options }): ExplainedStage => ({
    id, madeBy: madeBy ?? null, site,
    holds: traits ? finite(traits.holds) : null,
    weighs: typeof options['maxWeight'] === 'number' ? finite(options['maxWeight']) : null,
    opens: traits?.opens ?? 0,
  }))
  const holding = stages.filter((stage) => stage.holds !== 0)
  const weighs = holding.length > 0 && holding.every((stage) => stage.weighs !== null) ? holding.reduce((sum, stage) => sum + (stage.weighs as number), 0) : null
  const known = { stages, holds: holds === undefined ? null : finite(holds), weighs, reorders, drops, endsTickets, unknown, hazards: findHazards(new Plan(described, edges)) }
  return { ...known, text: textOf(known) }
}

function textOf({ stages, holds, weighs, reorders, drops, endsTickets, unknown, hazards }: Omit<Explanation, 'text'>): string {
  const width = Math.max(5, ...stages.map(({ id }) => id.length))
  const rows = stages.map((stage) => {
    const held = unknown.includes(stage.id) ? '?' : stage.holds === null ? 'no bound' : String(stage.holds)
    const weight = stage.weighs === null ? '' : `, at most ${stage.weighs} by weight`
    const inner = stage.opens > 0 ? `, and up to ${stage.opens} pipelines made of values` : ''
    return `  ${stage.id.padEnd(width)}  holds ${held}${weight}${inner}${stage.site === null ? '' : `  (${stage.site})`}`
  })
  const total = holds === null ? 'The most it holds is not known, or has no bound.' : `It holds at most ${holds} values${weighs === null ? '' : `, at most ${weighs} by weight`}, and one in the hand of each stage.`
  const listed = (what: string, ids: readonly string[]): string[] => (ids.length > 0 ? [`${what}: ${ids.join(', ')}`] : [])
  const warned = hazards.flatMap(({ id, message, advice }) => [`! ${id}: ${message}.`, `  ${advice[0]?.toUpperCase()}${advice.slice(1)}.`])
  return [
    ...rows, total,
    ...listed('Reorders', reorders), ...listed('Drops values because of when they come', drops), ...listed('Ends tickets', endsTickets), ...listed('Unknown', unknown),
    ...warned,
  ].map(oneLine).join('\n')
}

/** Names may be anything: none breaks a line, moves the cursor, or turns the direction of the text around. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, ' ')
}
