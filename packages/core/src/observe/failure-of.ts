import type { Failure } from '../contract/run'
import { processWide } from '../copies/process-wide'

const failures = /* @__PURE__ */ processWide('failures', () => new WeakMap<object, Failure>())

/**
 * Where and on what the run has failed that rejected with an error: what `run.failure` says, for code that has the error and not the
 * run.
 *
 * Of an error with which several runs have failed, the answer is the failure of the run that ended last. The failure is forgotten with
 * its error.
 *
 * @param error what a run rejected with.
 * @returns undefined where no run has failed with it, and for an error that is no object.
 *
 * @example
 * ```ts
 * import { drain, failureOf, from, map } from 'sluice'
 *
 * try {
 *   await from(['{}', '{']).pipe(map((text) => JSON.parse(text))).to(drain()).run({ name: 'import' })
 * } catch (error) {
 *   const { stage, item } = failureOf(error) ?? {} // 'map', '{'
 * }
 * ```
 */
export function failureOf(error: unknown): Failure | undefined {
  return isKey(error) ? failures.get(error) : undefined
}

/** A run fails with `error`. */
export function noteFailure(error: unknown, failure: Failure): void {
  if (isKey(error)) failures.set(error, failure)
}

function isKey(error: unknown): error is object {
  return (typeof error === 'object' && error !== null) || typeof error === 'function'
}
