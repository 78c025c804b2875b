import { Trial } from '@sluice/core/authoring'

/**
 * A value that could not be made of what was pushed. It waits at its place in line, so that it goes before the supervisor after the
 * values in front of it.
 */
export class Unmade<T> extends Trial<unknown> {
  /** Tries again. */
  readonly make: () => T

  constructor(item: unknown, make: () => T, error: unknown) {
    super()
    this.begin(item, undefined)
    this.make = make
    this.error = error
  }
}
