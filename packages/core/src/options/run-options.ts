import { declare } from './declare'
import { anything, maybeFn, ms, rule } from './rules'

/** The options of a run. */
export const RUN = /* @__PURE__ */ declare('run', () => ({
  options: {
    signal: rule<AbortSignal>('an AbortSignal', (value) => typeof (value as Partial<AbortSignal> | null)?.addEventListener === 'function').maybe(),
    redact: maybeFn, closeDeadlineMs: ms().or(10_000), random: maybeFn, clock: anything, scheduler: anything,
  },
}))

/** The options of a stop. */
export const STOP = /* @__PURE__ */ declare('stop', () => ({ options: { deadlineMs: ms().maybe() } }))
