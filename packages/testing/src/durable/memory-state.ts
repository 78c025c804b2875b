import type { Clock } from '@sluice/core'
import type { StateChange, StateStore, StoredState } from '@sluice/core/durable'

interface Entry extends StoredState {
  readonly until: number
}

/**
 * A store of state in memory, on a clock of the test's.
 *
 * @example
 * ```ts
 * import { MemoryState, VirtualClock } from '@sluice/testing'
 *
 * const store = new MemoryState(new VirtualClock())
 * await store.write([{ key: 'a', value: new Uint8Array([1]), onlyIf: 0 }]) // true
 * await store.write([{ key: 'a', value: new Uint8Array([2]), onlyIf: 0 }]) // false
 * ```
 */
export class MemoryState implements StateStore {
  /** Called before each verb; what it throws is what the verb rejects with. */
  onVerb: (verb: 'read' | 'write') => unknown = () => undefined
  readonly #clock: Clock
  readonly #entries = new Map<string, Entry>()
  #revisions = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  async read(key: string): Promise<StoredState | undefined> {
    await this.onVerb('read')
    return this.#at(key)
  }

  async write(changes: readonly StateChange[]): Promise<boolean> {
    await this.onVerb('write')
    if (changes.some(({ key, onlyIf }) => onlyIf !== undefined && onlyIf !== (this.#at(key)?.revision ?? 0))) return false
    for (const { key, value, ttlMs = Infinity } of changes) {
      if (value === undefined) this.#entries.delete(key)
      else this.#entries.set(key, { value, revision: ++this.#revisions, until: this.#clock.now() + ttlMs })
    }
    return true
  }

  #at(key: string): Entry | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined || entry.until > this.#clock.now()) return entry
    this.#entries.delete(key)
    return undefined
  }
}
