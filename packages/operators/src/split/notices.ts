/** What a callback threw, and the item it was about. */
export interface Broken {
  readonly error: unknown
  readonly item: unknown
}

/**
 * Tells the user's callbacks what branches lose. They are no part of an item: what one throws is kept, to fail the operator
 * when the value at hand is dealt out.
 */
export class Notices<A> {
  /** What was thrown first. */
  broken: Broken | undefined
  readonly #onDrop: ((value: A, lane: number) => void) | undefined
  readonly #onDisconnect: ((lane: number) => void) | undefined

  constructor(onDrop: ((value: A, lane: number) => void) | undefined, onDisconnect: ((lane: number) => void) | undefined) {
    this.#onDrop = onDrop
    this.#onDisconnect = onDisconnect
  }

  /** A branch loses a value. */
  dropped(value: A, lane: number): void {
    try {
      this.#onDrop?.(value, lane)
    } catch (error) {
      this.broken ??= { error, item: value }
    }
  }

  /** A branch was cut off. */
  disconnected(lane: number): void {
    try {
      this.#onDisconnect?.(lane)
    } catch (error) {
      this.broken ??= { error, item: undefined }
    }
  }
}
