import type { Unit } from './units'
import type { Window } from './window'

/** How fast the run could be if one thing alone held it back, in values of its sources a second. */
export interface Cap {
  /** The stage; null for the event loop, which all stages share. */
  readonly stage: string | null
  readonly kind: 'calls' | 'loop' | 'rate' | 'source' | 'stage'
  readonly rate: number
}

/** A stage whose calls have a bound of their own; what it would be with another one. */
export type Bounds = Readonly<Record<string, number>>

/**
 * What bounds a run: operational bounds, each from what one value of a source costs at one place. The least of them is the rate that
 * can be expected, the second is what holds the run back next.
 *
 * @param bounds other bounds for the calls of stages, by their ids.
 */
export function capsOf(window: Window, bounds: Bounds = {}): readonly Cap[] {
  const rate = (window.read / window.ms) * 1000
  if (rate <= 0) return []
  // What stands behind a stage that drops what it has no room for keeps nobody from going on.
  const droppers = window.stages.filter(({ kind, dropped }) => kind === 'operator' && dropped > 0)
  const caps = window.units.flatMap((unit) => (droppers.some(({ id }) => window.isBefore(id, unit.stage.id)) ? [] : capOf(window, unit, rate, bounds) ?? []))
  const { ours, foreign } = window.loop
  if (ours > 0) caps.push({ stage: null, kind: 'loop', rate: (rate * Math.max(0.01, 1 - foreign)) / ours })
  return caps.sort((a, b) => a.rate - b.rate)
}

function capOf(window: Window, { stage, shares }: Unit, rate: number, bounds: Bounds): Cap | undefined {
  const { calls, id, kind } = stage
  const bound = Object.hasOwn(bounds, id) ? bounds[id] : calls?.bound
  if (kind !== 'source' && calls && calls.settled > 0 && bound != null) {
    const each = (calls.settled / window.read) * calls.meanMs
    return each > 0 ? { stage: id, kind: 'calls', rate: (bound * 1000) / each } : undefined
  }
  // Calls without a bound of their own are no bound.
  if (kind !== 'source' && calls && calls.bound === null) return undefined
  const rated = (stage.limited['rate'] ?? 0) > 0.1
  const busy = kind === 'source' ? shares.calling + shares.limited : rated ? shares.limited + shares.calling : shares.calling
  return busy > 0.01 ? { stage: id, kind: rated ? 'rate' : kind === 'source' ? 'source' : 'stage', rate: rate / Math.min(1, busy) } : undefined
}
