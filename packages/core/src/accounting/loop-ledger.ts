import type { Clock } from '../contract/clock'
import { processWide } from '../copies/process-wide'
import { Waits } from './waits'

/** A turn that has held the event loop. Times are those of the clock that its run goes by. */
export interface HeldLoop {
  readonly run: string
  readonly stage: string
  readonly from: number
  readonly to: number
}

/** What stood in a ledger at one moment. */
export interface LedgerMark {
  readonly workingMs: number
  readonly heldBy: readonly number[] | undefined
  readonly long: readonly HeldLoop[]
}

const NONE: readonly HeldLoop[] = []
/** Turns at least this long are remembered, to tell who kept others waiting. */
const NOTED_MS = 1
/** Turns at least this long are told in `stats()`. */
const LONG_MS = 50
/** How many of each kind are remembered. */
const KEPT = 8

/**
 * What all runs of the process have done with the event loop.
 *
 * ```text
 *   turns of 1 ms or more   ─▶ [the last 8]   who held the loop while a stage was ready?
 *   turns of 50 ms or more  ─▶ [the last 8]   told in stats()
 * ```
 */
export class LoopLedger {
  /** How long stages of all runs were on the CPU, in ms. */
  workingMs = -0
  /** How long each stage has held the loop in turns of 1 ms and more. */
  readonly heldBy = new Waits()
  readonly #noted: HeldLoop[] = []
  #at = 0
  readonly #long: HeldLoop[] = []

  /** A turn is over that took `to - from` ms. */
  note(run: string, stage: string, from: number, to: number): void {
    if (to - from < NOTED_MS) return
    const turn: HeldLoop = { run, stage, from, to }
    this.#noted[this.#at] = turn
    this.heldBy.add(`${run}/${stage}`, to - from)
    this.#at = (this.#at + 1) % KEPT
    if (to - from < LONG_MS) return
    this.#long.unshift(turn)
    if (this.#long.length > KEPT) this.#long.pop()
  }

  /** What stands in it now. */
  mark(): LedgerMark {
    return { workingMs: this.workingMs, heldBy: this.heldBy.mark(), long: this.#long.length === 0 ? NONE : [...this.#long] }
  }

  /** Turns of 50 ms and more, the latest first. */
  get long(): readonly HeldLoop[] {
    return this.#long
  }

  /** Calls `told` with who has held the loop between two times, and for how long; what nobody of the runs has held is `undefined`'s. */
  holders(from: number, to: number, told: (turn: HeldLoop | undefined, ms: number) => void): void {
    let left = to - from
    for (const turn of this.#noted) {
      const ms = Math.min(turn.to, to) - Math.max(turn.from, from)
      if (ms <= 0) continue
      told(turn, ms)
      left -= ms
    }
    if (left > 0) told(undefined, left)
  }
}

const ledgers = /* @__PURE__ */ processWide('loops', () => new WeakMap<Clock, LoopLedger>())

/** The ledger of all runs that tell time by one clock: those of the platform's clock share the event loop of the process. */
export function ledgerOf(clock: Clock): LoopLedger {
  let ledger = ledgers.get(clock)
  if (ledger === undefined) {
    ledger = new LoopLedger()
    ledgers.set(clock, ledger)
  }
  return ledger
}
