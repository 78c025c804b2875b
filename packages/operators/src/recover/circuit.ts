import { brand, callable, finiteNumber, optionsOf, wholeNumber } from '@sluice/core/authoring'

/** The brand of a {@link Circuit}, of whichever copy of Sluice. */
export const CIRCUIT = Symbol.for('sluice.circuit')

/** `closed`: all pass. `open`: none does. `half-open`: some pass, to see whether it works again. */
export type CircuitState = 'closed' | 'open' | 'half-open'

/** An item was not tried, because what it needs has failed too often just now. */
export class CircuitOpenError extends Error {
  override readonly name: string = 'CircuitOpenError'
  readonly code = 'SLUICE_CIRCUIT_OPEN'
}

/** Options of {@link Circuit}. */
export interface CircuitOptions {
  /** Failures in a row that open it, 1 or more. */
  readonly failures: number
  /** How long it stays open before something may pass again, in ms. */
  readonly resetMs: number
  /** Successes in a row, while half-open, that close it; as many may be under way at once. Default 1. */
  readonly probes?: number | undefined
  /** Told of each change. */
  readonly onChange?: ((state: CircuitState) => void) | undefined
  /** Shown in errors. Default `'circuitBreaker'`. */
  readonly name?: string | undefined
}

/**
 * The state of a circuit breaker; shared by the stages that need the same thing.
 *
 * ```text
 *   closed ── `failures` in a row ──▶ open ── `resetMs` ──▶ half-open ── `probes` successes ──▶ closed
 *                                      ▲                        └── a failure ──┐
 *                                      └────────────────────────────────────────┘
 * ```
 *
 * It holds no timer: whether time has passed is looked at when somebody asks. After M. Nygard, "Release It!", 2007.
 */
export class Circuit {
  readonly name: string
  readonly #failures: number
  readonly #resetMs: number
  readonly #probes: number
  readonly #onChange: ((state: CircuitState) => void) | undefined
  #state: CircuitState = 'closed'
  /** In a row: failures while closed, successes while half-open. */
  #count = 0
  #probing = 0
  #openedAt = 0
  #era = 0

  /** @throws OptionError where an option is wrong. */
  constructor(options: CircuitOptions) {
    // In the constructor: a class with a computed member is kept in every bundle.
    brand(this, CIRCUIT)
    const given = optionsOf('Circuit', options, ['failures', 'resetMs', 'probes', 'onChange', 'name'])
    this.name = given.name ?? 'circuitBreaker'
    this.#failures = wholeNumber(this.name, 'failures', given.failures)
    this.#resetMs = finiteNumber(this.name, 'resetMs', given.resetMs)
    this.#probes = wholeNumber(this.name, 'probes', given.probes ?? 1)
    if (given.onChange !== undefined) callable(this.name, 'onChange', given.onChange)
    this.#onChange = given.onChange
  }

  get state(): CircuitState {
    return this.#state
  }

  /** Another number after each change of state: what has passed in an earlier era says nothing of this one. */
  get era(): number {
    return this.#era
  }

  /** Ms until something may pass: 0 when it may now and is counted as under way, Infinity while probes are out. */
  enter(now: number): number {
    if (this.#state === 'open') {
      // Runs that share it may have clocks of their own: a time before it was opened counts as no time.
      this.#openedAt = Math.min(this.#openedAt, now)
      const left = this.#openedAt + this.#resetMs - now
      if (left > 0) return left
      this.#become('half-open')
    }
    if (this.#state === 'half-open') {
      if (this.#probing === this.#probes) return Infinity
      this.#probing++
    }
    return 0
  }

  /**
   * What had passed has come to an end.
   *
   * @param succeeded undefined: it was given up, which says nothing.
   * @param era in which it had passed, as {@link Circuit.era} was after `enter`; default: this one.
   */
  leave(succeeded: boolean | undefined, now: number, era = this.#era): void {
    if (era !== this.#era) return
    if (this.#state === 'half-open' && this.#probing > 0) this.#probing--
    if (succeeded === undefined) return
    if (this.#state === 'half-open') {
      if (!succeeded) this.#open(now)
      else if (++this.#count >= this.#probes) this.#become('closed')
    } else if (this.#state === 'closed') {
      this.#count = succeeded ? 0 : this.#count + 1
      if (this.#count >= this.#failures) this.#open(now)
    }
  }

  #open(now: number): void {
    this.#openedAt = now
    this.#become('open')
  }

  #become(state: CircuitState): void {
    this.#state = state
    this.#count = 0
    this.#probing = 0
    this.#era++
    this.#onChange?.(state)
  }
}

/** What a stage asks of a {@link Circuit}: one of another copy of Sluice does, whose class is another type. */
export type CircuitLike = Pick<Circuit, keyof Circuit>
