import type { Clock } from '../contract/clock'

/** How long puts wait for somebody to take before that is said, in ms. */
const PATIENCE_MS = 1000

/**
 * Who reads a queue: so that producers which wait for ever are told of, once.
 *
 * ```text
 *   nobody yet ── enter ──▶ read by n ── the last one leaves ──▶ deserted ── puts wait for a second ──▶ told
 *                               ▲──────────── enter ──────────────┘
 * ```
 *
 * A queue that nobody has read yet is no cause for a warning: its consumer may be on its way.
 */
export class Attendance {
  readonly #clock: Clock
  readonly #isWaitedFor: () => boolean
  readonly #tell: () => void
  #readers = 0
  #isDeserted = false
  #isTold = false
  #cancel: (() => void) | undefined

  /**
   * @param isWaitedFor whether puts wait that nobody is about to serve.
   * @param tell called once at most.
   */
  constructor(clock: Clock, isWaitedFor: () => boolean, tell: () => void) {
    this.#clock = clock
    this.#isWaitedFor = isWaitedFor
    this.#tell = tell
  }

  /** Somebody reads from now on; answers what is to be called when that ends. */
  enter(): () => void {
    this.#readers++
    this.#isDeserted = false
    this.#cancel?.()
    this.#cancel = undefined
    let isHere = true
    return () => {
      if (!isHere) return
      isHere = false
      if (--this.#readers > 0) return
      this.#isDeserted = true
      this.look()
    }
  }

  /** A put waits, or the last reader has left. */
  look(): void {
    if (!this.#isDeserted || this.#isTold || this.#cancel !== undefined || !this.#isWaitedFor()) return
    this.#cancel = this.#clock.after(PATIENCE_MS, () => {
      this.#cancel = undefined
      if (!this.#isDeserted || this.#isTold || !this.#isWaitedFor()) return
      this.#isTold = true
      this.#tell()
    })
  }

  /** Nothing is waited for any more. */
  close(): void {
    this.#isTold = true
    this.#cancel?.()
    this.#cancel = undefined
  }
}
