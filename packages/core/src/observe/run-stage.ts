import { RUN_SCOPE } from '../copies/brand'
import type { RunScope } from '../engine/run-scope'
import type { RunningStage } from '../engine/running-stage'
import { OptionError } from '../errors'
import { coded } from '../foreign/coded'
import { placeStages } from './places'

/** So many ids are told to whoever asked for another one. */
const MOST_TOLD = 20

/**
 * What a run is made of, for a function that looks into it.
 *
 * @param owner the function, for the error.
 * @throws TypeError where `run` is no run, as `run()` of a pipeline answers it.
 */
export function scopeOf(owner: string, run: unknown): RunScope {
  const scope = typeof run === 'object' && run !== null ? (run as { readonly [RUN_SCOPE]?: RunScope })[RUN_SCOPE] : undefined
  if (scope === undefined) throw coded('SLUICE_ARGUMENT', new TypeError(`${owner}: expected a run, as run() of a pipeline answers it`))
  return scope
}

/**
 * The stage of a run that has an id in `run.stats()`.
 *
 * @throws OptionError where there is none, with the ids that there are.
 */
export function stageOf(owner: string, scope: RunScope, id: string): RunningStage<unknown> {
  const placed = placeStages(scope)
  const found = placed.find((place) => place.id === id)
  if (found) return found.stage
  const ids = placed.slice(0, MOST_TOLD).map((place) => `'${place.id}'`).join(', ')
  throw new OptionError(owner, 'stage', id, `the id of a stage, as run.stats() tells it: ${ids}${placed.length > MOST_TOLD ? ', …' : ''}`)
}
