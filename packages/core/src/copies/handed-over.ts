import type { Failure } from '../contract/run'
import { processWide } from './process-wide'

const failures = /* @__PURE__ */ processWide('handed over', () => new WeakMap<object, Failure>())

/** What a run has said of an error that it has handed over to what another run reads. */
export function handedOver(error: unknown): Failure | undefined {
  return typeof error === 'object' && error !== null ? failures.get(error) : undefined
}

/** A run hands over its error; an error that is no object carries nothing. */
export function noteHandOver(failure: Failure): void {
  const { error } = failure
  if (typeof error === 'object' && error !== null) failures.set(error, failure)
}
