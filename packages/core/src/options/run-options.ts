import { declare } from './declare'
import { anything, maybeFn, ms, rule } from './rules'

/**
 * How the options of a run are declared: for what runs a pipeline by itself, and takes them among its own.
 *
 * @example
 * ```ts
 * import { declare, runRules } from '@sluice/core/authoring'
 *
 * const TO_MINE = declare('toMine', () => ({ options: runRules() }))
 * TO_MINE.read({ closeDeadlineMs: 5 }).closeDeadlineMs // 5
 * ```
 */
export function runRules() {
  return {
    signal: rule<AbortSignal>('an AbortSignal', (value) => typeof (value as Partial<AbortSignal> | null)?.addEventListener === 'function').maybe(),
    redact: maybeFn, onWarning: maybeFn, closeDeadlineMs: ms().or(10_000), random: maybeFn, clock: anything, scheduler: anything,
  }
}

/** The options of a run. */
export const RUN = /* @__PURE__ */ declare('run', () => ({ options: runRules() }))

/** The options of a stop. */
export const STOP = /* @__PURE__ */ declare('stop', () => ({ options: { deadlineMs: ms().maybe() } }))
