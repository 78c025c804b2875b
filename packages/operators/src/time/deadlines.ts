import { type Clock, TimeoutError } from '@sluice/core'
import { isDue } from '../timing/due'

/** Which time was up. */
export type TimeoutKind = 'firstMs' | 'idleMs' | 'totalMs' | 'backpressureMs'

/** How long each may take, in ms. */
export type TimeoutLimits = { readonly [kind in TimeoutKind]?: number | undefined }

const COMPLAINTS: { readonly [kind in TimeoutKind]: string } = {
  firstMs: 'no first value came within',
  idleMs: 'no value came for',
  totalMs: 'it was not over within',
  backpressureMs: 'downstream wanted no value for',
}

/**
 * Watches how long one end of a pipeline waits for the other.
 *
 * ```text
 *   pulled ─▶ waiting for upstream ─ values ─▶ waiting for downstream ─ pulled ─▶ …
 *             firstMs, idleMs                  backpressureMs                  all the while: totalMs
 * ```
 *
 * A deadline is a matter of arithmetic; one timer goes from deadline to deadline. While it is armed, it fires no later
 * than the next deadline, so values that come in time cost no timer.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #limits: TimeoutLimits
  readonly #onExpired: (kind: TimeoutKind) => void
  #start: number | undefined
  #seen = false
  /** What is waited for, and since when. */
  #phase: 'upstream' | 'downstream' = 'upstream'
  #since = 0
  #timerAt = Infinity
  #cancelTimer: (() => void) | undefined

  constructor(clock: Clock, limits: TimeoutLimits, onExpired: (kind: TimeoutKind) => void) {
    this.#clock = clock
    this.#limits = limits
    this.#onExpired = onExpired
  }

  /** Downstream wants a value. */
  pulled(): void {
    if (this.#phase === 'upstream' && this.#start !== undefined) return
    const now = this.#clock.now()
    this.#start ??= now
    this.#phase = 'upstream'
    this.#since = now
  }

  /** Upstream has none yet. */
  waits(): void {
    this.#arm()
  }

  /** Upstream had some. */
  delivered(): void {
    this.#seen = true
    this.#phase = 'downstream'
    this.#since = this.#clock.now()
    this.#arm()
  }

  /** No time counts any more. */
  stop(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  /** The deadline that comes next. */
  #next(): { readonly kind: TimeoutKind; readonly at: number } {
    const { firstMs, idleMs = Infinity, totalMs = Infinity, backpressureMs = Infinity } = this.#limits
    const total = (this.#start as number) + totalMs
    let kind: TimeoutKind = 'backpressureMs'
    let at = this.#since + backpressureMs
    if (this.#phase === 'upstream') {
      kind = this.#seen || firstMs === undefined ? 'idleMs' : 'firstMs'
      at = this.#since + (kind === 'idleMs' ? idleMs : (firstMs as number))
    }
    return total < at ? { kind: 'totalMs', at: total } : { kind, at }
  }

  #arm(): void {
    const { at } = this.#next()
    if (at === Infinity || (this.#cancelTimer !== undefined && this.#timerAt <= at)) return
    this.stop()
    this.#timerAt = at
    this.#cancelTimer = this.#clock.after(at - this.#clock.now(), () => {
      this.#cancelTimer = undefined
      const next = this.#next()
      if (isDue(next.at, this.#clock.now())) this.#onExpired(next.kind)
      else this.#arm()
    })
  }
}

/** The error that names the time that was up. */
export function timeoutError(stage: string, kind: TimeoutKind, limits: TimeoutLimits): TimeoutError {
  return new TimeoutError(`${stage}: ${COMPLAINTS[kind]} ${limits[kind] ?? Infinity} ms (${kind})`)
}
