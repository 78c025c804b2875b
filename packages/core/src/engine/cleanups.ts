import type { Clock } from '../contract/clock'
import { asPromise, promiseOf } from '../foreign/promise-of'

/** How long work that ignores its signal may hold up the end of a run, in ms: it is no cleanup, only late. */
const LINGER_MS = 1000

/**
 * The cleanups of a run that are under way, and the errors they end with: nothing outlives its run unnoticed.
 *
 * Invariant: `#pending` holds exactly the work that has not settled, so it does not grow with the length of the run;
 * what is `late` is not waited for any more.
 */
export class Cleanups {
  readonly #clock: Clock
  readonly deadlineMs: number
  readonly #pending = new Set<{ readonly owner: string; readonly lingering: boolean; readonly onLeft: (() => void) | undefined; late: boolean }>()
  #onIdle: (() => void) | undefined
  /** What went wrong after, or beside, the failure that ended the run. */
  readonly errors = new Set<unknown>()
  /** Whose cleanup the first error is of, where that is known. */
  #first: { readonly error: unknown; readonly owner: string } | undefined
  /** Owners whose work had not settled when everything else had. */
  readonly unstopped = new Set<string>()

  constructor(clock: Clock, deadlineMs: number) {
    this.#clock = clock
    this.deadlineMs = deadlineMs
  }

  /** Calls a cleanup now, and `then` when it is done, whether or not it failed: at once where it needs no time. */
  run(owner: string, cleanup: () => unknown, then?: () => void): void {
    let work: unknown
    try {
      work = cleanup()
    } catch (error) {
      this.#failed(owner, error)
    }
    const promise = promiseOf(work)
    if (promise) this.add(owner, promise, false, then)
    else then?.()
  }

  /**
   * Waits for work that was told to stop; its rejection is kept.
   *
   * @param onLeft called where the work is not waited for any longer.
   */
  add(owner: string, work: PromiseLike<unknown>, lingering: boolean, then?: () => void, onLeft?: () => void): void {
    const entry = { owner, lingering, onLeft, late: false }
    this.#pending.add(entry)
    const done = (): void => {
      // What follows may have to be cleaned up as well: it is pending before this is not.
      then?.()
      this.#pending.delete(entry)
      this.#look()
    }
    asPromise(work).then(done, (error: unknown) => {
      this.#failed(owner, error)
      done()
    })
  }

  /** Whose cleanup ended with an error that is all there is to tell. */
  ownerOf(error: unknown): string | undefined {
    return this.#first && Object.is(this.#first.error, error) ? this.#first.owner : undefined
  }

  #failed(owner: string, error: unknown): void {
    this.errors.add(error)
    this.#first ??= { error, owner }
  }

  /** Something is being cleaned up, which may free what others wait for. */
  get isBusy(): boolean {
    return this.#pending.size > 0
  }

  /** Names work that is not waited for. How it ends concerns nobody any more. */
  leave(owner: string, work: PromiseLike<unknown>): void {
    this.unstopped.add(owner)
    asPromise(work).then(nothing, nothing)
  }

  /** Calls `then` when nothing is pending any more or the deadline has passed: at once where nothing is. */
  whenIdle(then: () => void): void {
    if (this.#pending.size === 0) {
      then()
      return
    }
    const giveUp = (afterMs: number, all: boolean): (() => void) =>
      this.#clock.after(afterMs, () => {
        for (const entry of this.#pending) entry.late ||= all || entry.lingering
        this.#look()
      })
    const timers = [giveUp(Math.min(LINGER_MS, this.deadlineMs), false), giveUp(this.deadlineMs, true)]
    this.#onIdle = () => {
      this.#onIdle = undefined
      for (const cancel of timers) cancel()
      // Named now, for it may have stopped while others were waited for; and not waited for a second time.
      for (const { owner, onLeft } of this.#pending) {
        this.unstopped.add(owner)
        onLeft?.()
      }
      this.#pending.clear()
      then()
    }
  }

  #look(): void {
    for (const { late } of this.#pending) if (!late) return
    this.#onIdle?.()
  }
}

function nothing(): void {}
