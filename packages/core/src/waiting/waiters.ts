/**
 * Callers parked until something changes, first come first served, each removable in O(1).
 *
 * ```text
 *   first ⇄ … ⇄ last          a doubly linked list: an aborted caller leaves from the middle without a search
 * ```
 *
 * It knows nothing of values or promises: an entry is whatever the owner parks.
 */
export interface WaiterLink<W> {
  readonly waiter: W
  /** @internal */ previous: WaiterLink<W> | undefined
  /** @internal */ next: WaiterLink<W> | undefined
  /** False once it was served or removed. */
  parked: boolean
}

export class Waiters<W> {
  #first: WaiterLink<W> | undefined
  #last: WaiterLink<W> | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  get isEmpty(): boolean {
    return this.#size === 0
  }

  /** The one served next. */
  get first(): W | undefined {
    return this.#first?.waiter
  }

  park(waiter: W): WaiterLink<W> {
    return this.parkLink({ waiter, previous: undefined, next: undefined, parked: false })
  }

  /** As `park`, for a waiter that is its own link. The link is parked nowhere else. */
  parkLink<L extends WaiterLink<W>>(link: L): L {
    const last = this.#last
    link.parked = true
    link.previous = last
    if (last) last.next = link
    else this.#first = link
    this.#last = link
    this.#size++
    return link
  }

  /** Takes out the one that waits longest; undefined when nobody waits. */
  serve(): W | undefined {
    const link = this.#first
    if (link === undefined) return undefined
    this.remove(link)
    return link.waiter
  }

  /** Takes out one that gave up; false when it was served or removed before. */
  remove(link: WaiterLink<W>): boolean {
    if (!link.parked) return false
    link.parked = false
    if (link.previous) link.previous.next = link.next
    else this.#first = link.next
    if (link.next) link.next.previous = link.previous
    else this.#last = link.previous
    link.previous = link.next = undefined
    this.#size--
    return true
  }
}
