import type { Call, RingBuffer } from '@sluice/core/authoring'
import { BEGUN, ENDED } from '../worker-thread/protocol'

/**
 * Whom to blame when a thread is gone: which of its items it was at.
 *
 * ```text
 *   items sent:  [answered …][ended, no answer here yet][at it][not begun]
 *                            └ out.at(0)                └ out.at(begun - 1 - answered)
 * ```
 *
 * The thread counts in memory that both share, so that it can still be read after a crash.
 */
export class ThreadProgress {
  readonly #counters: Int32Array | undefined
  #answered = 0

  constructor() {
    const { SharedArrayBuffer: Shared, crossOriginIsolated } = globalThis as { readonly SharedArrayBuffer?: SharedArrayBufferConstructor; readonly crossOriginIsolated?: boolean }
    // Pages that are not isolated cannot share memory.
    if (Shared !== undefined && crossOriginIsolated !== false) this.#counters = new Int32Array(new Shared(8))
  }

  /** For the thread to count in; undefined where memory cannot be shared. */
  get memory(): SharedArrayBuffer | undefined {
    return this.#counters?.buffer as SharedArrayBuffer | undefined
  }

  /** So many results have come. */
  answered(count: number): void {
    this.#answered = (this.#answered + count) | 0
  }

  /** Which of what is out it is at; undefined where it is at none, or nobody knows. */
  culprit<A, B>(out: RingBuffer<Call<A, B>>): Call<A, B> | undefined {
    if (out.size === 1) return out.at(0)
    if (this.#counters === undefined) return undefined
    const begun = Atomics.load(this.#counters, BEGUN)
    return begun === Atomics.load(this.#counters, ENDED) ? undefined : out.at((begun - 1 - this.#answered) | 0)
  }
}
