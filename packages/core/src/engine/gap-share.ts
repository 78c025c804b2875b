/** How long those that wait for promises may work between two slices. */
export const GAP_MS = 2.5
/** While nobody is woken between turns, gaps are not shorter than this. */
const LEAST_GAP_MS = 1 / 64
/** What part a gap may be of the time in which nobody was woken between turns: whoever waits for several turns is not much later. */
const QUIET_PART = 1 / 4
/** What chains may use for each ms that others had: a turn has its own expenses, which count as the others'. */
const CHAINS_PART = 2
/** A step that took longer than this is forgiven the rest: not all of it has to have been ours. */
const MOST_OWED_MS = 64
/** What others are taken to have had in a turn, on clocks too coarse to tell that time has passed. */
const LEAST_MS = 1 / 1024

/**
 * How long tasks that promises keep awake may work in a gap.
 *
 * A chain of promises would fill any gap, and a run that waits for a macrotask a value has one step a turn. So while
 * somebody is woken between two turns, the chains of a gap have so much of the time that others had since the gap before;
 * what a long step took beyond that they owe, and they are left out until it is paid. While nobody is, gaps grow with the
 * time since then.
 */
export class GapShare {
  #lengthMs = GAP_MS
  /** What the chains may use, or where it is negative owe. */
  #dueMs = 0
  #contendedAt = -Infinity
  /** Until then all time is accounted. */
  #since = 0

  /** Gaps are shorter than they could be. */
  get isShort(): boolean {
    return this.#lengthMs < GAP_MS
  }

  /** The chains have their turn: how long? 0 where they are left out. */
  open(time: number, isContended: boolean): number {
    if (isContended) {
      this.#dueMs = Math.min(this.#dueMs + Math.max(time - this.#since, LEAST_MS) * CHAINS_PART, GAP_MS)
      this.#contendedAt = time
      this.#lengthMs = Math.max(this.#dueMs, 0)
    } else {
      this.#dueMs = 0
      this.#lengthMs = Math.min(Math.max((time - this.#contendedAt) * QUIET_PART, LEAST_GAP_MS), GAP_MS)
    }
    this.#since = time
    return this.#lengthMs
  }

  /** The chains have come to rest: what has passed was theirs. */
  close(time: number): void {
    this.#dueMs = this.isShort ? Math.max(this.#dueMs - (time - this.#since), -MOST_OWED_MS) : 0
    this.#since = time
  }

  /** Nobody worked until now, or nobody who was left to wait. */
  begin(time: number): void {
    this.#since = time
  }

  /** That was a slice: a chain whose task gave way works there, too. */
  charge(ms: number): void {
    this.#since += ms
    if (this.isShort) this.#dueMs = Math.max(this.#dueMs - ms, -MOST_OWED_MS)
  }
}
