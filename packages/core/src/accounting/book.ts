import type { LimitCause } from '../contract/stage'
import type { StageCauses, StageStatus, StageTime } from '../contract/stage-stats'
import type { LoopLedger } from './loop-ledger'
import { StateTimes } from './state-times'
import { Causes } from './waits'

/** Waits for the loop that are shorter than this are nobody's in particular. */
export const NAMED_MS = 1

/** What a stage has done with its time: how long it was in each state, and what it waited for there. */
export class Book {
  readonly #times = new StateTimes()
  readonly #ledger: LoopLedger
  /** Made for the first wait that has a cause. */
  #causes: Causes | undefined

  /** @param ledger is told what the stage works. */
  constructor(ledger: LoopLedger) {
    this.#ledger = ledger
  }

  /** Time in `limited` so far, in ms. */
  get limitedMs(): number {
    return this.#times.limited
  }

  worked(ms: number): void {
    this.#times.working += ms
    this.#ledger.workingMs += ms
  }

  blocked(ms: number): void {
    this.#times.blocked += ms
  }

  /** The last `ms` before `to` were spent in a state, because of something: of a call or a limit. */
  waited(state: StageStatus, ms: number, to: number, cause: string | undefined): void {
    this.#times.add(state, ms)
    if (state === 'calling') this.#causesOf().calling.add(cause ?? 'slots', ms)
    else if (state === 'limited') this.#causesOf().limited.add(cause ?? 'timer', ms)
    else if (state === 'blocked' && ms >= NAMED_MS) this.#name(to - ms, to)
  }

  /** So much of the time in `limited` was a wait for input, as is known only now. */
  wasForInput(cause: LimitCause, ms: number): void {
    this.#times.wasIdle(ms)
    this.#causes?.limited.remove(cause, ms)
  }

  times(): StageTime {
    return this.#times.read()
  }

  /** What was waited for, in ms by its name. */
  causes(): StageCauses {
    return (this.#causes ?? NO_CAUSES).read()
  }

  /** Who held the loop meanwhile? */
  #name(from: number, to: number): void {
    const { blocked } = this.#causesOf()
    this.#ledger.holders(from, to, (turn, ms) => { blocked.add(turn ? `${turn.run}/${turn.stage}` : 'other code', ms) })
  }

  #causesOf(): Causes {
    return (this.#causes ??= new Causes())
  }
}

const NO_CAUSES = /* @__PURE__ */ new Causes()
