import { DONE, PENDING, RingBuffer, type Openable, type Outlet, type Stage, type Tickets } from '@sluice/core'
import { Gather, type Pulled } from './gather'

/** One of the inputs that take turns. */
export interface Member<T> extends Pulled<T> {
  /** The next pull would be answered PENDING, and the wake after that is promised. */
  readonly dry?: boolean | undefined
  /** It stands in line. The rota's. */
  inLine: boolean
}

/**
 * Inputs that take turns: those that may have values stand in line, and each gets its share of what is wanted.
 *
 * ```text
 *   call(b) ─▶ [c, a, b] ─▶ pull ─ values ─▶ into      has values: back in line
 *                             ├─ PENDING               out of line until it calls again
 *                             └─ DONE                  no member any more
 * ```
 *
 * Invariant: a member is in line exactly when its `inLine` is true. One that has ended keeps it true for good, so that a
 * late wake does not put it in line.
 */
export class Rota<T, M extends Member<T> = Member<T>> {
  readonly members = new Set<M>()
  readonly #stage: Stage
  readonly #line: RingBuffer<M>
  readonly #gather: Gather<T>

  /** @param capacity members at most. */
  constructor(stage: Stage, capacity: number) {
    this.#stage = stage
    this.#line = new RingBuffer(capacity)
    this.#gather = new Gather(stage)
  }

  /** Where tickets are put; null where no member has any. */
  get tickets(): Tickets | null {
    return this.#gather.tickets
  }

  set tickets(tickets: Tickets | null) {
    this.#gather.tickets = tickets
  }

  /** Nobody has anything now. */
  get isIdle(): boolean {
    return this.#line.isEmpty
  }

  add(member: M): void {
    this.members.add(member)
    this.call(member)
  }

  /** Asking the member may pay; in line already, it keeps its place. */
  call(member: M): void {
    if (member.inLine) return
    member.inLine = true
    this.#line.push(member)
  }

  /** Takes a member out, wherever it is; O(members), because it happens once in its life. */
  remove(member: M): void {
    this.members.delete(member)
    const inLine = member.inLine
    member.inLine = true
    for (let left = inLine ? this.#line.size : 0; left > 0; left--) {
      const other = this.#line.shift() as M
      if (other !== member) this.#line.push(other)
    }
  }

  /** What a member does when it is woken. */
  wake(member: M): void {
    if (member.inLine) return
    this.call(member)
    this.#stage.wake()
  }

  /** Writes to `into[written..]` until `limit`, or until nobody is in line; answers how many are written then. */
  pull(into: T[], written: number, limit: number): number {
    const line = this.#line
    while (written < limit && !line.isEmpty) {
      const share = Math.max(1, Math.floor(limit / line.size))
      for (let turns = line.size; turns > 0 && written < limit; turns--) {
        const member = line.shift()
        // Others may be taken out by what is called below.
        if (member === undefined) break
        member.inLine = false
        const count = this.#gather.pull(member, into, written, Math.min(share, limit - written))
        if (count === PENDING) continue
        if (count === DONE) {
          member.inLine = true
          this.members.delete(member)
          continue
        }
        if (count === 0) {
          // It wants to be asked again: in a turn of its own, so that one that never gets anywhere blocks nobody.
          this.call(member)
          return written
        }
        written += count
        // It may have woken meanwhile, and then stands in line already.
        if (member.dry !== true) this.call(member)
      }
    }
    return written
  }
}

/** An upstream that takes turns with others. */
export class Branch<T> implements Member<T> {
  readonly #outlet: Outlet<T>
  inLine = false

  constructor(rota: Rota<T, Branch<T>>, stage: Stage, source: Openable<T>) {
    this.#outlet = stage.open(source, () => { rota.wake(this) })
    rota.add(this)
  }

  get tickets(): Tickets | null | undefined {
    return this.#outlet.tickets
  }

  get dry(): boolean {
    return this.#outlet.dry === true
  }

  pull(into: T[], limit: number): number {
    return this.#outlet.pull(into, limit)
  }
}
