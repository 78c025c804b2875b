import type { RunStats } from '../../contract/stats'
import { coded } from '../../foreign/coded'
import { describeValue } from '../../foreign/describe-value'

/** @throws TypeError for what is no figures of a run. */
export function checkStats(owner: string, given: unknown, expected = 'what run.stats() answers'): asserts given is RunStats {
  if (isStats(given)) return
  throw coded('SLUICE_ARGUMENT', new TypeError(`${owner}: expected ${expected}, got ${describeValue(given)}`))
}

/** Whether something has the shape of figures; those of another schema are no such. */
export function isStats(given: unknown): given is RunStats {
  return typeof given === 'object' && given !== null && Array.isArray((given as Partial<RunStats>).stages) && (given as Partial<RunStats>).schema === 1
}
