import type { LimitCause, StageState } from '../contract/stage'
import type { StageCauses, StageStatus, StageTime } from '../contract/stage-stats'
import type { RunClock } from '../engine/run-clock'
import { loopTurns } from '../time/loop-turns'
import type { BatchTimes } from './batch-times'
import { Book, NAMED_MS } from './book'
import type { CallCounts } from './call-counts'
import { CallFigures } from './call-figures'
import { Holds } from './holds'
import { CYCLES, Pace } from './pace'

/** Whose clock a meter is. */
export interface Metered {
  readonly name: string
  readonly scope: { readonly name: string; readonly clock: RunClock }
}

/**
 * The clock of a stage: how long it was in each of its six states.
 *
 * ```text
 *            ┌───────────── a cycle ─────────────┐
 *   …─ begin ─ working ─ end ─ at rest ─ wake ─ blocked ─ begin ─ …
 *                              calling, limited, backpressured, idle: the first that holds
 * ```
 *
 * One reading ends a state and begins the next, so the six add up to the time since the stage was opened, whatever is left out. A
 * reading costs 54 ns, and a turn for one value may take 150: where turns come by the hundred in a millisecond, a cycle here and there is timed ({@link Pace}),
 * and those in between are taken to be like the last one that was. In a later turn of the event loop, before which any time may have passed, the
 * clock is looked at first. On any other clock than the platform's every cycle is timed.
 *
 * Invariants: `#since` is when the last stretch was credited. `#ready` counts the tasks of the stage that are ready. `#blocked` only while a cycle is
 * timed and a task is ready. Nothing is credited after `close()`.
 */
export class Meter {
  /** Calls of the stage and how long they take; absent for a stage that makes none. */
  calls: CallFigures | undefined
  /** Times batches of its task step by step. */
  batches: BatchTimes | undefined
  readonly #owner: Metered
  readonly #clock: RunClock
  readonly #pace: Pace
  readonly #book: Book
  #since: number
  #started = -0
  /** The last turn that was timed, and how long the stage was ready before that. */
  #lastTurn = -0
  #lastBlocked = -0
  /** Turns that are left out before the next one that is timed; turns that were since the last look. */
  #skip = 0
  #unseen = 0
  /** The turn of the event loop in which the last look was, while turns are left out. */
  #turn = -1
  /** Calls have settled since the last look at them. */
  #isUnlooked = false
  /** Longer than all turns that are not timed should be together: the scheduler has seen a long one. */
  #seenLong = -0
  /** The stage that took longest in a batch of the running turn, where that is not short. */
  #longest = -0
  #longestName: string | undefined
  /** The running turn is timed; the cycle that it began is. */
  #timing = false
  #cycle = true
  #ready = 0
  #blocked = false
  /** What the last turn left the stage with. */
  #rest: StageState = 'idle'
  #isClosed = false
  #holds: Holds | undefined

  /** @param since when the stage was opened, where its clock is made later. */
  constructor(owner: Metered, since = owner.scope.clock.now()) {
    this.#owner = owner
    this.#clock = owner.scope.clock
    this.#since = since
    this.#book = new Book(this.#clock.ledger)
    this.#pace = new Pace(this.#clock.isExact, this.#since, CYCLES)
  }

  /** A task of the stage has become ready. */
  woken(): void {
    if (this.#ready++ === 0 && this.#cycle) this.#wokenInCycle()
  }

  #wokenInCycle(): void {
    if (this.#timing || this.#isClosed) return
    this.#credit(this.#clock.now())
    this.#blocked = true
  }

  /** A task that was ready will have no turn. */
  left(): void {
    this.#ready--
    if (this.#ready > 0 || !this.#blocked) return
    this.#credit(this.#clock.now())
    this.#blocked = false
  }

  /** A turn begins. */
  begin(): void {
    this.#ready--
    // Most turns of a busy stage are left out, for the price of these comparisons.
    if (this.#skip > 0 && !this.#cycle && this.#turn === loopTurns.count) this.#leaveOut()
    else this.#beginSeen(this.#clock.now())
  }

  #leaveOut(): void {
    this.#skip--
    this.#unseen++
  }

  #beginSeen(now: number): void {
    const inCycle = this.#cycle
    // In another turn of the event loop than the last look: turns may not come by the hundred in a millisecond any more.
    if (!inCycle && this.#skip > 0 && now - this.#since < NAMED_MS) this.#watch()
    else {
      if (inCycle) this.#lastBlocked = this.#blocked ? now - this.#since : 0
      this.#credit(now)
      this.#blocked = this.#cycle = false
      if (!inCycle || this.#skip === 0) {
        this.#time(now)
        return
      }
    }
    this.#leaveOut()
  }

  /** The end of this turn of the event loop is to be noticed: in it no time passes but by work. */
  #watch(): void {
    this.#turn = loopTurns.count
    loopTurns.watch()
  }

  #time(now: number): void {
    this.#timing = true
    this.#started = now
    if (this.calls !== undefined) this.calls.now = now
    if (this.#pace.isSparse) this.batches?.again()
  }

  /** The turn is over, and the stage rests in a state; `'busy'` while work of it is under way. */
  end(rest: StageState): void {
    this.#rest = rest
    if (this.#timing) this.#endTimed()
    // Looked at more closely when the stretch is booked.
    else if (this.calls !== undefined) this.calls.leave()
  }

  #endTimed(): void {
    this.#timing = false
    if (this.calls !== undefined) this.calls.now = undefined
    if (this.#isClosed) return
    const now = this.#clock.now()
    this.#worked(now)
    this.#lookNow()
    this.#cycle = true
    this.#blocked = this.#ready > 0
    this.#skip = this.#pace.timed(now)
    if (this.#skip > 0) this.#watch()
  }

  /** In a batch of the running turn the stage `name` took longest. */
  sawLongest(name: string, ms: number): void {
    if (ms < NAMED_MS || ms <= this.#longest) return
    this.#longest = ms
    this.#longestName = name
  }

  /** The scheduler has seen that what ran just now took long. */
  tookLong(ms: number): void {
    if (!this.#timing) this.#seenLong += ms
  }

  /**
   * The stage is held up by something that is no input, room or call, from now on; answers what ends that. Told `true`, it was input that
   * ended the wait, which counts as a wait for input then.
   */
  limit(cause: LimitCause): (wasForInput?: boolean) => void {
    const holds = (this.#holds ??= new Holds())
    this.#lookBefore()
    const before = this.#book.limitedMs
    holds.add(cause)
    this.#lookNow()
    let over = false
    return (wasForInput = false) => {
      if (over) return
      over = true
      this.#lookBefore()
      const ms = this.#book.limitedMs - before
      if (wasForInput && ms > 0 && holds.first === cause && !this.#isClosed) {
        this.#book.wasForInput(cause, ms)
      }
      holds.remove(cause)
      this.#lookNow()
    }
  }

  /** Since `due` the stage could have gone on, had the loop been free. */
  wasDue(due: number): void {
    const now = this.#clock.now()
    if (this.#timing || this.#blocked || now - due < NAMED_MS) return
    this.#credit(Math.max(this.#since, Math.min(due, now)))
    this.#blocked = true
    this.#credit(now)
    this.#blocked = this.#ready > 0
  }

  /** How many calls are under way has changed outside of a turn. */
  settled(): void {
    if (this.#timing) return
    // One store: `forEach` of calls that take no time has 200 ns for each.
    if (this.#skip > 0 && this.#turn === loopTurns.count) {
      this.#isUnlooked = true
      return
    }
    // Until now this call was under way, too.
    if (this.#isUnlooked) this.#lookNow(1)
    if (this.#cycle || this.#skip > 0) this.#credit(this.#clock.now())
    this.#lookNow()
  }

  /** Since when a call that begins now is under way; undefined where the call is not timed. */
  stamp(): number | undefined {
    return this.#timing ? this.#started : this.#pace.isSparse ? this.#clock.now() : undefined
  }

  /** The stage makes calls. Answers undefined where the stage makes others already, which are those that count. */
  makes(counts: CallCounts): CallFigures | undefined {
    this.calls ??= new CallFigures(counts)
    return this.calls.isOf(counts) ? this.calls : undefined
  }

  now(): number {
    return this.#clock.now()
  }

  /** The run was paused, and keeps a task that is ready. */
  park(): () => void {
    this.#lookBefore()
    this.#blocked = false
    const resumed = this.limit('pause')
    return () => {
      resumed()
      this.#blocked = this.#cycle && this.#ready > 0
    }
  }

  /** The stage has ended: its time stands still. */
  close(): void {
    this.#catchUp(this.#clock.now())
    // The last call may have settled since the last turn, and the stage have ended in that of its consumer.
    this.#lookNow()
    this.#isClosed = true
    this.#blocked = false
  }

  /** The state it is in. */
  get state(): StageStatus {
    return this.#timing ? 'working' : this.#resting
  }

  /** @param now the time of the picture that this is a part of. */
  read(now: number): StageTime {
    this.#catchUp(now)
    return this.#book.times()
  }

  /** What was waited for, in ms by its name. */
  causes(): StageCauses {
    return this.#book.causes()
  }

  /** How many calls are under way now, with so many more? */
  #lookNow(more = 0): void {
    this.calls?.leave(more)
    this.#look()
  }

  /** How many calls were under way when the last turn ended? */
  #look(): void {
    this.#isUnlooked = false
    this.calls?.look(this.#holds?.count ?? 0, this.#rest, this.#holds?.first)
  }

  #catchUp(now: number): void {
    if (!this.#timing) this.#credit(now)
    else if (!this.#isClosed) {
      this.#worked(now)
      this.#started = now
    }
  }

  /** A state that begins or ends outside of a turn is looked at, unless cycles are left out and no time has passed. */
  #lookBefore(): void {
    if (!this.#timing && (this.#cycle || this.#turn !== loopTurns.count)) this.#credit(this.#clock.now())
  }

  get #resting(): StageStatus {
    if (this.#blocked) return 'blocked'
    if (this.calls ? this.calls.inFlight > 0 : this.#rest === 'busy') return 'calling'
    if (this.#holds !== undefined && this.#holds.count > 0) return 'limited'
    return this.#rest === 'backpressured' ? 'backpressured' : this.#rest === 'busy' && this.#ready > 0 ? 'blocked' : 'idle'
  }

  /** The running turn has lasted until now. */
  #worked(now: number): void {
    const ms = now - this.#started
    this.#lastTurn = ms
    this.#book.worked(ms)
    this.calls?.passed(ms)
    this.#since = now
    if (ms < NAMED_MS) return
    this.#clock.ledger.note(this.#owner.scope.name, this.#longestName ?? this.#owner.name, this.#started, now)
    this.#longest = 0
    this.#longestName = undefined
  }

  /** Books the stretch since the last look: the turns left out as worked, the rest as what was waited for. */
  #credit(now: number): void {
    if (this.#isClosed) return
    let stretch = now - this.#since
    this.#since = now
    if (stretch <= 0) return
    if (this.calls !== undefined) {
      // What turns have left that were not timed.
      if (this.#isUnlooked) this.#lookNow()
      else if (this.#unseen > 0) this.#look()
      this.calls.passed(stretch)
    }
    if (this.#unseen > 0) {
      const worked = Math.min(stretch, this.#unseen * this.#lastTurn + this.#seenLong)
      const blocked = Math.min(stretch - worked, this.#unseen * this.#lastBlocked)
      this.#unseen = 0
      this.#seenLong = 0
      this.#book.worked(worked)
      this.#book.blocked(blocked)
      stretch -= worked + blocked
    }
    const state = this.#resting
    this.#book.waited(state, stretch, now, state === 'calling' ? this.calls?.heldBy : this.#holds?.first)
  }
}
