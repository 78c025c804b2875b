import type { About } from '../options/about'
import type { GraphEdge } from '../contract/graph'
import type { StageDescription } from './describe-pipeline'

/** What may go wrong with a pipeline, told before it runs. */
export type HazardId =
  | 'groups-starved' | 'zip-of-branches' | 'retry-without-delay' | 'retries-multiply' | 'retries-bypass-rate' | 'unbounded' | 'unweighed'
  | 'places-wait-for-permits' | 'batch-may-wait' | 'circle'

export interface Hazard {
  readonly id: HazardId
  /** The id of the stage. */
  readonly stage: string
  readonly message: string
  /** What to do about it. */
  readonly advice: string
}

/** A pipeline as hazards are looked for in it. */
export class Plan {
  readonly stages: readonly StageDescription[]
  readonly #edges: readonly GraphEdge[]
  readonly #byId: ReadonlyMap<string, StageDescription>

  constructor(stages: readonly StageDescription[], edges: readonly GraphEdge[]) {
    this.stages = stages
    this.#edges = edges
    this.#byId = new Map(stages.map((stage) => [stage.id, stage]))
  }

  /** The stages that read `stage`. */
  after(stage: StageDescription): StageDescription[] {
    return this.#edges.filter(({ from }) => from === stage.id).flatMap(({ to }) => this.#byId.get(to) ?? [])
  }

  before(stage: StageDescription): StageDescription[] {
    return this.#edges.filter(({ to }) => to === stage.id).flatMap(({ from }) => this.#byId.get(from) ?? [])
  }

  /** All stages before `stage`, itself included; the nearest first. */
  upTo(stage: StageDescription): StageDescription[] {
    return this.#reach(stage, (next) => this.before(next))
  }

  /** All stages behind `stage`, itself included; the nearest first. */
  from(stage: StageDescription): StageDescription[] {
    return this.#reach(stage, (next) => this.after(next))
  }

  #reach(stage: StageDescription, next: (stage: StageDescription) => StageDescription[]): StageDescription[] {
    const seen = new Set([stage])
    // What is added while it is gone along is gone along, too.
    for (const each of seen) for (const other of next(each)) seen.add(other)
    return [...seen]
  }
}

/** What `retry(...)` was given, where that is what decides about failures of a stage. */
export function retryOf({ options }: StageDescription): Readonly<Record<string, unknown>> | undefined {
  const { about } = (options['onError'] ?? {}) as { readonly about?: About }
  return about?.name === 'retry' ? about.given : undefined
}
