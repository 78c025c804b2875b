/** A value came sooner than its rate allows, and the mode is `'enforce'`. */
export class RateExceededError extends Error {
  override readonly name: string = 'RateExceededError'
  readonly code = 'SLUICE_RATE_EXCEEDED'
}
