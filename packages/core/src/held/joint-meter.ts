import type { Clock } from '../contract/clock'
import type { JointFigures, JointMeasure } from '../contract/stage'
import { systemClock } from '../time/clock'
import { loopTurns } from '../time/loop-turns'
import { Gaps } from './gaps'
import { LiveMarks, type LiveMark } from './live-marks'
import { PutMarks } from './put-marks'

/** A queue is in one of these: nothing is held, something, as much as may be. */
const EMPTY = 0
const SOME = 1
const FULL = 2

/**
 * The clock of a joint: how long it was full and empty, the most that it held, and how old the oldest value is.
 *
 * ```text
 *   put ─▶ full ─ some ─ some ─ empty ─ …     an event is a put, or a take that makes the queue empty or not full any more
 *            ▲      gap    gap                 a gap is the time between two events; one without a change is none where they come fast
 * ```
 *
 * One reading of the clock ends a gap and begins the next, so the times add up to the time that has passed. A reading costs 54 ns, and
 * a value that goes through a joint may cost 10: where events come by the hundred in a millisecond, a gap here and there is timed, at
 * random, and the others are taken to be like those. Time in which nothing runs is never among the others, because the first event of a
 * turn of the event loop is always looked at. On any other clock than the platform's each event is.
 *
 * Whoever holds the values tells the meter; `undefined` stands for a meter nobody asked for, which costs a comparison.
 */
export class JointMeter implements JointMeasure {
  readonly #clock: Clock
  readonly #isExact: boolean
  /** Where values leave in the order in which they came, so that numbers tell which is the oldest. */
  readonly #marks: PutMarks | undefined
  /** Where they do not, and whoever holds them keeps a mark with each; the last of them. */
  #liveMarks: LiveMarks | undefined
  #liveMark: LiveMark | undefined
  /** The time of the last mark. */
  #markedAt = -1
  #highWater: number
  #size: number
  /** How many values have left. */
  #out = 0
  #state: number
  /** When the last event was looked at, and the turn of the event loop. */
  #since: number
  #turn = -1
  /** Events that are not looked at before the next one is, and those since the last look. */
  #skip = 0
  #unseen = 0
  #gaps: Gaps | undefined
  /** Events come so fast that some are left out. */
  #isDense = false
  // Minus zero is no small integer: the field holds fractions later.
  #emptyMs = -0
  #fullMs = -0
  #isStopped = false
  /** It was full, and has not been empty since; how often that came to its end. */
  #wasFull = false
  #bursts = 0

  /**
   * @param size how many values are held already.
   * @param isOrdered false where values come out in another order than they came in: each then has a mark, or their age is not known.
   */
  constructor(clock: Clock, size: number, isFull: boolean, isOrdered = true) {
    this.#clock = clock
    this.#isExact = (clock as { readonly isExact?: boolean }).isExact ?? clock !== systemClock
    this.#since = clock.now()
    this.#size = this.#highWater = size
    this.#state = stateOf(size, isFull)
    this.#marks = isOrdered ? new PutMarks() : undefined
    if (size > 0) this.#addMark()
  }

  /** Values were put together, and so many are held now. */
  put(size: number, isFull: boolean): void {
    if (size > this.#highWater) this.#highWater = size
    const state = stateOf(size, isFull)
    if (state !== this.#state || !this.#isDense || this.#turn !== loopTurns.count) this.#event(state)
    if (this.#since !== this.#markedAt) this.#addMark()
    this.#size = size
  }

  /** Values were taken or dropped, and so many are left. */
  took(size: number, isFull: boolean): void {
    this.#out += this.#size - size
    this.#size = size
    const state = stateOf(size, isFull)
    if (state !== this.#state) this.#event(state)
  }

  /** For a value that was put just now, where values leave in another order. */
  mark(): LiveMark {
    const mark = this.#liveMark as LiveMark
    mark.live++
    return mark
  }

  read(): JointFigures {
    const now = this.#isStopped ? this.#since : this.#clock.now()
    if (!this.#isStopped) this.#credit(now, true)
    const oldest = this.#size > 0 ? this.#marks?.oldest(this.#out) ?? this.#liveMarks?.oldest() : undefined
    return {
      highWater: this.#highWater,
      fullMs: this.#fullMs + 0,
      emptyMs: this.#emptyMs + 0,
      oldestMs: oldest === undefined ? null : Math.max(0, now - oldest),
      bursts: this.#bursts,
    }
  }

  /** Time stands still from now on. */
  stop(): void {
    if (this.#isStopped) return
    this.#credit(this.#clock.now(), true)
    this.#isStopped = true
  }

  #addMark(): void {
    this.#markedAt = this.#since
    if (this.#marks !== undefined) this.#marks.add(this.#out + this.#size, this.#since, this.#out)
    else this.#liveMark = (this.#liveMarks ??= new LiveMarks()).add(this.#since)
  }

  #event(state: number): void {
    if (state === FULL) this.#wasFull = true
    else if (state === EMPTY && this.#wasFull) {
      this.#wasFull = false
      this.#bursts++
    }
    if (this.#skip > 0 && this.#turn === loopTurns.count) {
      this.#skip--
      this.#unseen++
      this.#state = state
      return
    }
    if (!this.#isStopped) this.#look()
    this.#state = state
  }

  #look(): void {
    const { count } = loopTurns
    const now = this.#clock.now()
    const passed = now - this.#since
    const unseen = this.#unseen
    this.#credit(now, this.#turn !== count)
    if (this.#isExact) return
    const gaps = (this.#gaps ??= new Gaps())
    this.#skip = gaps.looked(this.#state, passed, unseen)
    this.#isDense = gaps.isDense
    this.#turn = count
    if (this.#isDense) loopTurns.watch()
  }

  /**
   * Books the time since the last look.
   *
   * @param idled the queue may have been as it is now for any time.
   */
  #credit(now: number, idled: boolean): void {
    let left = now - this.#since
    this.#since = now
    if (this.#unseen > 0 && this.#gaps !== undefined) {
      const { total, mean, ms } = this.#gaps
      const inGaps = idled ? Math.min(left, this.#unseen * mean) : left
      this.#unseen = 0
      if (total > 0) {
        this.#emptyMs += (inGaps * ms[EMPTY]) / total
        this.#fullMs += (inGaps * ms[FULL]) / total
        left -= inGaps
      }
    }
    if (this.#state === EMPTY) this.#emptyMs += left
    else if (this.#state === FULL) this.#fullMs += left
  }
}

/** An empty queue into which nothing may be put, as that of a rendezvous, is empty. */
function stateOf(size: number, isFull: boolean): number {
  return size === 0 ? EMPTY : isFull ? FULL : SOME
}
