import { coded } from '../foreign/coded'
import type { Clock } from '../contract/clock'

/** What a warning is made of. */
interface AttendedQueue {
  readonly name: string
  readonly clock: Clock
  readonly onWarning: (warning: Error) => void
}

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
  readonly #queue: AttendedQueue
  readonly #waiting: () => number
  #readers = 0
  #isDeserted = false
  #isTold = false
  #cancel: (() => void) | undefined

  /** @param waiting how many puts wait that no take is about to serve. */
  constructor(queue: AttendedQueue, waiting: () => number) {
    this.#queue = queue
    this.#waiting = waiting
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
    if (!this.#isDeserted || this.#isTold || this.#cancel !== undefined || this.#waiting() === 0) return
    this.#cancel = this.#queue.clock.after(PATIENCE_MS, () => {
      this.#cancel = undefined
      const waiting = this.#waiting()
      if (!this.#isDeserted || this.#isTold || waiting === 0) return
      this.#isTold = true
      const { name, onWarning } = this.#queue
      onWarning(coded('SLUICE_QUEUE_UNREAD', new Error(`${name}: ${waiting} puts wait for room and nobody takes: all runs and loops that read the queue have ended. Read it again, close it, or end it with the run: from(queue, { onEnd: 'close' })`)))
    })
  }

  /** Nothing is waited for any more. */
  close(): void {
    this.#isTold = true
    this.#cancel?.()
    this.#cancel = undefined
  }
}
