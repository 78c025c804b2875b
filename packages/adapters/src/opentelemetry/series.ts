import type { Attributes } from '@opentelemetry/api'
import type { Run, StageStats } from '@sluice/core'

/** Under what a figure is told: the attributes, and a text that is the same for the same ones. */
export interface Told {
  readonly key: string
  readonly attributes: Attributes
}

/** What is told of everything beyond the bound, as the SDKs of OpenTelemetry do. */
const OVERFLOW: Attributes = { 'otel.metric.overflow': true }

/**
 * Which runs and stages are told apart: by the names of both, and no more of them than `max` in all.
 *
 * Inner stages come and go, and are numbered as they come: they go by their name alone, all together.
 */
export class Series {
  readonly #known = new Map<string, Told>()
  readonly #max: number
  readonly #runName: (run: Run<unknown>) => string
  readonly #attributes: Attributes
  readonly #overflow: Told

  /**
   * @param max how many runs and stages are told apart, 1 or more. What comes later is told under `otel.metric.overflow`.
   * @param runName under which name a run is told.
   * @param attributes told with every figure.
   */
  constructor(max: number, runName: (run: Run<unknown>) => string, attributes: Attributes) {
    this.#max = max
    this.#runName = runName
    this.#attributes = attributes
    this.#overflow = { key: 'overflow', attributes: { ...attributes, ...OVERFLOW } }
  }

  /** Under what the figures of a run and its stages are told. */
  of(run: Run<unknown>): (stage: StageStats | undefined) => Told {
    const name = this.#runName(run)
    return (stage) => {
      if (stage === undefined) return this.#tell(JSON.stringify([name]), { 'sluice.run': name })
      const { inner, kind } = stage
      const id = inner ? stage.name : stage.id
      const attributes: Attributes = { 'sluice.run': name, 'sluice.stage': id, 'sluice.stage.kind': kind }
      if (inner) attributes['sluice.stage.inner'] = true
      return this.#tell(JSON.stringify([name, id, kind, inner]), attributes)
    }
  }

  #tell(key: string, attributes: Attributes): Told {
    const known = this.#known.get(key)
    if (known) return known
    if (this.#known.size >= this.#max) return this.#overflow
    const told = { key, attributes: { ...this.#attributes, ...attributes } }
    this.#known.set(key, told)
    return told
  }
}
