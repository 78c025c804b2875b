import type { DropReason } from './bounded-queue-options'

/** The account of what a queue has dropped. */
export class Drops<T> {
  count = 0
  readonly #onDrop: ((value: T, reason: DropReason) => void) | undefined

  constructor(onDrop: ((value: T, reason: DropReason) => void) | undefined) {
    this.#onDrop = onDrop
  }

  /** Counts values and offers each of them, then throws what the first complaint was. */
  add(values: readonly T[], reason: DropReason): void {
    this.count += values.length
    let thrown: { readonly error: unknown } | undefined
    for (const value of values) {
      try {
        this.#onDrop?.(value, reason)
      } catch (error) {
        thrown ??= { error }
      }
    }
    if (thrown) throw thrown.error
  }
}
