import type { Attributes } from '@opentelemetry/api'
import type { Run } from '@sluice/core'
import { INSTRUMENTS, type InstrumentName } from './instruments'
import { readingsOf } from './readings'
import type { Series } from './series'

/** A figure of all runs of one name. */
export interface Entry {
  readonly instrument: InstrumentName
  readonly attributes: Attributes
  value: number
}

/** Figures by what tells them apart. */
type Entries = Map<string, Entry>

/**
 * The figures of all runs, ended ones included.
 *
 * ```text
 *   begun ─▶ live ── ended ─▶ what it has counted is added to `#ended`, once, and the run is let go
 *              └─ collected ─▶ `#ended` + the figures of all that are live
 * ```
 *
 * Invariant: each run is either live or in `#ended`, so a counter never goes down and no figure is lost between two collections. What was told once
 * is told each time, with 0 where there is nothing any more.
 */
export class Ledger {
  readonly #live = new Set<Run<unknown>>()
  readonly #ended: Entries = new Map()
  readonly #series: Series

  constructor(series: Series) {
    this.#series = series
  }

  begun(run: Run<unknown>): void {
    this.#live.add(run)
  }

  /** What the run has counted is kept; what it held is gone. */
  ended(run: Run<unknown>): void {
    if (!this.#live.delete(run)) return
    this.#add(this.#ended, run, (merge) => merge === 'add')
  }

  /** The figures as they are now. */
  collect(): Iterable<Entry> {
    const all: Entries = new Map()
    for (const [key, entry] of this.#ended) all.set(key, { ...entry })
    for (const run of this.#live) this.#add(all, run, () => true)
    // An SDK goes on to tell the last value of a series that nobody observes: a run that has ended would be active for ever.
    for (const [key, entry] of all) if (INSTRUMENTS[entry.instrument].merge !== 'add') this.#ended.set(key, { ...entry, value: 0 })
    return all.values()
  }

  #add(entries: Entries, run: Run<unknown>, takes: (merge: string) => boolean): void {
    const told = this.#series.of(run)
    for (const { instrument, stage, by, value } of readingsOf(run.stats())) {
      const { merge } = INSTRUMENTS[instrument]
      if (!takes(merge)) continue
      const { key, attributes } = told(stage)
      const whole = by ? `${instrument} ${key} ${by[1]}` : `${instrument} ${key}`
      const entry = entries.get(whole)
      if (entry === undefined) entries.set(whole, { instrument, value, attributes: by ? { ...attributes, [by[0]]: by[1] } : attributes })
      else entry.value = merge === 'most' ? Math.max(entry.value, value) : entry.value + value
    }
  }
}
