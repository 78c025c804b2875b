import type { Within } from '@sluice/core/authoring'

/** A value that was pushed, with the context in which it was: that of whoever emitted an event. Held in place of the value where contexts are carried. */
export class Caught<T> {
  constructor(readonly value: T, readonly within: Within | undefined) {}
}
