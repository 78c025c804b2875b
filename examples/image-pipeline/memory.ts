/** What is held in one place, now and at most, in bytes. */
export class Gauge {
  readonly name: string
  readonly #whole: Gauge | undefined
  bytes = 0
  peak = 0

  /** @param whole counts along. */
  constructor(name: string, whole?: Gauge) {
    this.name = name
    this.#whole = whole
  }

  add(bytes: number): void {
    this.bytes += bytes
    this.peak = Math.max(this.peak, this.bytes)
    this.#whole?.add(bytes)
  }

  moveTo(next: Gauge, bytes: number): void {
    this.add(-bytes)
    next.add(bytes)
  }
}

/** The places where bytes of photos are, in the order in which they get there. */
export class Gauges {
  readonly all = new Gauge('all')
  /** Pixels being read from a file, or read and not yet pulled. */
  readonly decoding = new Gauge('decoding', this.all)
  /** Pixels in the queue of photos. */
  readonly photos = new Gauge('photos', this.all)
  /** Pixels a worker is at. */
  readonly rendering = new Gauge('rendering', this.all)
  /** Encoded pictures in the queue of files, or before it. */
  readonly files = new Gauge('files', this.all)
  /** Encoded pictures being sent. */
  readonly uploading = new Gauge('uploading', this.all)
}

/** How a bound in bytes is divided. */
export interface MemoryPlan {
  readonly bound: number
  /** Pixels of one photo at most; a larger one is not decoded. */
  readonly photo: number
  /** `maxWeight` of the queue of photos. */
  readonly photos: number
  /** `maxWeight` of the queue of files. */
  readonly files: number
}

/**
 * Divides a bound among everybody who holds something.
 *
 * ```text
 *   bound ┌─ 7/8 pixels ── decode 1 · in hand 1 · queue 1 · workers n    each as large as one photo may be
 *         └─ 1/8 encoded ─ queue, one half · what was made for it and is being sent, the other half
 * ```
 *
 * So the largest photo that is accepted follows from the bound and the workers, and what a header promises is checked
 * before a byte of it is decoded.
 */
export function planMemory(bound: number, workers: number): MemoryPlan {
  const photo = Math.floor((bound * 7) / 8 / (workers + 3))
  return { bound, photo, photos: photo, files: Math.floor(bound / 16) }
}
