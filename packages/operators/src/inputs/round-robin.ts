import { DONE, PENDING, RingBuffer, type Openable, type Outlet, type Stage, type Tickets } from '@sluice/core/authoring'
import { Gather, type Pulled } from './gather'

/** Where a member of a {@link RoundRobin} stands. */
export type Place =
  /** Not pulled until it wakes. */
  | 'waiting'
  /** In line for this pull of the stage, or for the next one. */
  | 'in line'
  /** Being pulled. */
  | 'asked'
  /** Being pulled, and has woken meanwhile. */
  | 'called'
  /** Has ended, or was taken out. */
  | 'gone'

/** One of the inputs that take turns. */
export interface Member<T> extends Pulled<T> {
  /** The next pull would be answered PENDING, and the wake after that is promised. */
  readonly dry?: boolean | undefined
  /** Kept by the round robin; `'waiting'` at first. */
  place: Place
  /** The pull of the stage in which the member last answered PENDING. Kept by the round robin; 0 at first. */
  pendingIn: number
}

/**
 * Inputs that take turns: those that may have values stand in line, and each gets its share of what is wanted.
 *
 * ```text
 *   wake(b) ─▶ [c, a, b] ─▶ pull ─ values ─▶ into      has values: back in line
 *                             ├─ PENDING               waits for its wake
 *                             └─ DONE                  no member any more
 *
 *   wake(d) ─▶ [d]   d answered PENDING in this very pull of the stage: in line for the next one
 * ```
 *
 * A member that answered PENDING is asked again in the next pull of the stage at the earliest, even if it wakes before
 * that. A member may wake inside each of its pulls (a stage that gives up its time slice does so): asked again at once, it
 * would keep the stage in an endless loop.
 *
 * Invariants: a member is in one of the two lines, once, exactly while its place is `'in line'`; so both lines together hold
 * no more members than there are. A member whose place is `'gone'` is in neither.
 */
export class RoundRobin<T, M extends Member<T> = Member<T>> {
  readonly members = new Set<M>()
  readonly #stage: Stage
  readonly #line: RingBuffer<M>
  /** In line for the next pull of the stage. */
  readonly #nextLine: RingBuffer<M>
  readonly #gather: Gather<T>
  /** The pull of the stage that `#line` is for. */
  #pull = 0

  /** @param capacity members at most. */
  constructor(stage: Stage, capacity: number) {
    this.#stage = stage
    this.#line = new RingBuffer(capacity)
    this.#nextLine = new RingBuffer(capacity)
    this.#gather = new Gather(stage)
  }

  /** Where tickets are put; null where no member has any. */
  get tickets(): Tickets | null {
    return this.#gather.tickets
  }

  set tickets(tickets: Tickets | null) {
    this.#gather.tickets = tickets
  }

  /** No member is left to ask in this pull of the stage. */
  get isIdle(): boolean {
    return this.#line.isEmpty
  }

  /** A member that answered PENDING has woken since: it is asked in the next pull of the stage. */
  get hasCallers(): boolean {
    return !this.#nextLine.isEmpty
  }

  add(member: M): void {
    this.members.add(member)
    // A source may wake while it is being opened.
    if (member.place === 'waiting') this.#enter(member)
  }

  /** Takes a member out, wherever it is; O(members), because it happens once in its life. */
  remove(member: M): void {
    this.members.delete(member)
    if (member.place === 'in line') {
      takeOut(member, this.#line)
      takeOut(member, this.#nextLine)
    }
    member.place = 'gone'
  }

  /** Called when a member wakes. */
  wake(member: M): void {
    // The answer of the pull that is going on tells whether the wake matters.
    if (member.place === 'asked') member.place = 'called'
    if (member.place !== 'waiting') return
    this.#enter(member)
    this.#stage.wake()
  }

  /** Writes to `into[written..]` until `limit`, or until nobody is in line; answers how many are written then. */
  pull(into: T[], written: number, limit: number): number {
    const line = this.#line
    if (this.#pull !== this.#stage.pulls) this.#begin()
    while (written < limit && !line.isEmpty) {
      const share = Math.max(1, Math.floor(limit / line.size))
      for (let turns = line.size; turns > 0 && written < limit; turns--) {
        const member = line.shift()
        // Others may be taken out by what is called below.
        if (member === undefined) break
        member.place = 'asked'
        const count = this.#gather.pull(member, into, written, Math.min(share, limit - written))
        if (count > 0) written += count
        if (this.#settle(member, count)) return written
      }
    }
    return written
  }

  /** A further pull of the stage: those that woke in the one before stand in line now. */
  #begin(): void {
    this.#pull = this.#stage.pulls
    for (let left = this.#nextLine.size; left > 0; left--) this.#line.push(this.#nextLine.shift() as M)
  }

  #enter(member: M): void {
    member.place = 'in line'
    const line = member.pendingIn !== 0 && member.pendingIn === this.#stage.pulls ? this.#nextLine : this.#line
    line.push(member)
  }

  /** Finds the member's place after its answer; true where it is to be asked again in a turn of its own. */
  #settle(member: M, count: number): boolean {
    // Taken out inside its own pull.
    if (member.place === 'gone') return false
    if (count === DONE) {
      this.remove(member)
      return false
    }
    const called = member.place === 'called'
    member.place = 'waiting'
    if (count === PENDING) {
      member.pendingIn = this.#stage.pulls
      if (called) this.wake(member)
      return false
    }
    // A member that never gets anywhere (it answers 0) must block nobody.
    if (called || count === 0 || member.dry !== true) this.#enter(member)
    return count === 0
  }
}

function takeOut<M>(member: M, line: RingBuffer<M>): void {
  for (let left = line.size; left > 0; left--) {
    const other = line.shift() as M
    if (other !== member) line.push(other)
  }
}

/** An upstream that takes turns with others. */
export class Branch<T> implements Member<T> {
  protected readonly outlet: Outlet<T>
  place: Place = 'waiting'
  pendingIn = 0

  constructor(turns: RoundRobin<T, Branch<T>>, stage: Stage, source: Openable<T>) {
    this.outlet = stage.open(source, () => { turns.wake(this) })
    turns.add(this)
  }

  get tickets(): Tickets | null | undefined {
    return this.outlet.tickets
  }

  get dry(): boolean {
    return this.outlet.dry === true
  }

  pull(into: T[], limit: number): number {
    return this.outlet.pull(into, limit)
  }
}
