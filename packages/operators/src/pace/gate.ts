/** What {@link pauseWhen} looks at: something that is open or closed, and tells of changes. {@link Gate} is one. */
export interface GateLike {
  readonly isOpen: boolean
  /** Calls `listener` after each change, until the answer is called. */
  onChange(listener: () => void): () => void
}

/**
 * Open or closed: holds back every `pauseWhen` that looks at it.
 *
 * It belongs to no run: one gate may hold back a hundred pipelines, and stays as it is when they end.
 *
 * @example
 * ```ts
 * const gate = new Gate({ open: false })
 * const run = from([1, 2]).pipe(pauseWhen(gate)).to(toArray()).run()
 * gate.open()
 * await run // [1, 2]
 * ```
 */
export class Gate implements GateLike {
  #isOpen: boolean
  readonly #listeners = new Set<() => void>()

  /** Open, unless told otherwise. */
  constructor({ open = true }: { readonly open?: boolean | undefined } = {}) {
    this.#isOpen = open
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  /** How many listen. 0 when nothing runs: whoever has ended listens no more. */
  get listeners(): number {
    return this.#listeners.size
  }

  open(): void {
    this.#turn(true)
  }

  close(): void {
    this.#turn(false)
  }

  onChange(listener: () => void): () => void {
    // Wrapped, so that who listens twice may leave once.
    const entry = (): void => { listener() }
    this.#listeners.add(entry)
    return () => { this.#listeners.delete(entry) }
  }

  #turn(isOpen: boolean): void {
    if (this.#isOpen === isOpen) return
    this.#isOpen = isOpen
    for (const listener of [...this.#listeners]) listener()
  }
}
