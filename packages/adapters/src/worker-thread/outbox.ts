import { FLUSH_MS, type ItemFailure } from './protocol'
import type { ThreadPort } from './thread-port'
import { packThrown } from './thrown'

/**
 * Results on their way to the stage, in the order of the items, in one message as long as that is soon enough.
 *
 * Invariant: `#values`, `#lists` and, where items go back, `#items` have the same length.
 */
export class Outbox {
  /** Failed items go back with their failure: the stage has given them away. */
  returnsItems = false
  readonly #port: ThreadPort
  readonly #transfer: ((result: unknown) => readonly object[]) | undefined
  #values: unknown[] = []
  #lists: (readonly object[])[] = []
  #items: unknown[] = []
  #failures: ItemFailure[] = []
  #flushedAt = 0

  constructor(port: ThreadPort, transfer: ((result: unknown) => readonly object[]) | undefined) {
    this.#port = port
    this.#transfer = transfer
  }

  get isEmpty(): boolean {
    return this.#values.length === 0
  }

  /** True when what is here has waited for long enough. */
  get isDue(): boolean {
    return performance.now() - this.#flushedAt >= FLUSH_MS
  }

  /** Work begins after a rest. */
  restart(): void {
    this.#flushedAt = performance.now()
  }

  done(result: unknown, item: unknown): void {
    let list: readonly object[] = NOTHING
    try {
      if (this.#transfer) list = this.#transfer(result)
    } catch (error) {
      this.threw(error, item)
      return
    }
    this.#add(result, item, list)
  }

  threw(error: unknown, item: unknown): void {
    this.#fail({ at: this.#values.length, kind: 'threw', thrown: packThrown(error), ...this.#returned(item) })
  }

  timedOut(item: unknown): void {
    this.#fail({ at: this.#values.length, kind: 'timeout', ...this.#returned(item) })
  }

  flush(): void {
    this.#flushedAt = performance.now()
    if (this.isEmpty) return
    const [values, lists, items, failures] = [this.#values, this.#lists, this.#items, this.#failures]
    this.#values = []
    this.#lists = []
    this.#items = []
    this.#failures = []
    try {
      this.#port.post({ sluice: 'results', values, failures: failures.length > 0 ? failures : undefined }, this.#transfer && lists.flat())
    } catch {
      // One of them cannot be sent: the others shall be.
      for (const [at, value] of values.entries()) {
        const failure = failures.find((each) => each.at === at)
        if (failure) this.#sendFailure(failure)
        else this.#sendResult(value, lists[at], items[at])
      }
    }
  }

  #add(value: unknown, item: unknown, list: readonly object[]): void {
    this.#values.push(value)
    if (this.#transfer) this.#lists.push(list)
    if (this.returnsItems) this.#items.push(item)
  }

  #fail(failure: ItemFailure): void {
    this.#failures.push(failure)
    this.#add(undefined, undefined, NOTHING)
  }

  #returned(item: unknown): Pick<ItemFailure, 'returned'> {
    return this.returnsItems ? { returned: { item } } : {}
  }

  #sendResult(value: unknown, list: readonly object[] | undefined, item: unknown): void {
    try {
      this.#port.post({ sluice: 'results', values: [value], failures: undefined }, list)
    } catch (error) {
      this.#sendFailure({ at: 0, kind: 'uncloneable', thrown: packThrown(error), ...this.#returned(item) })
    }
  }

  #sendFailure(failure: ItemFailure): void {
    const { returned, ...bare } = { ...failure, at: 0 }
    try {
      this.#port.post({ sluice: 'results', values: [undefined], failures: [returned ? { ...bare, returned } : bare] })
    } catch {
      // The function has given the item away itself.
      this.#port.post({ sluice: 'results', values: [undefined], failures: [bare] })
    }
  }
}

const NOTHING: readonly object[] = []
