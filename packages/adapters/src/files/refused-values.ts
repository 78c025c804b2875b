import { type OnError } from '@sluice/core'
import { nackAll, reasonOf, type Stage, type Tickets } from '@sluice/core/authoring'
import { Verdicts } from '../batches/verdicts'

/** Options of a sink that cannot write every value. */
export interface RefusedValueOptions {
  /** What becomes of a value that cannot be written; the others are. Default: it fails the run. */
  readonly onError?: OnError<unknown> | undefined
}

/** Some values of a batch, with their tickets. */
export interface Portion<T> {
  readonly values: readonly T[]
  readonly tickets: Tickets | null
}

/** How a batch is written. */
export interface PortionWriter<T> {
  /** Makes bytes of the values, all or none: what it throws is about the value that `stage.item` is. */
  encode(values: readonly T[]): unknown
  /** Takes what `encode` has made of a portion. */
  take(encoded: never, portion: Portion<T>): Promise<void> | undefined
  /** A value has failed for good; those behind it are given back. Answers what to throw. */
  failed(error: unknown, portion: Portion<T>): unknown
}

/**
 * Writes a batch of which a value was refused: those before it, then what `onError` says of that one, then the rest, in the same way.
 *
 * Invariant: each value is written, left out or given back once, in order.
 */
export class RefusedValues<T> {
  readonly #stage: Stage
  readonly #verdicts: Verdicts<unknown>
  readonly #writer: PortionWriter<T>

  constructor(stage: Stage, onError: OnError<unknown>, writer: PortionWriter<T>) {
    this.#stage = stage
    this.#verdicts = new Verdicts(stage, onError)
    this.#writer = writer
  }

  async write(refusal: unknown, { values, tickets }: Portion<T>): Promise<void> {
    let error = refusal
    let from = 0
    let attempt = 1
    const part = (to: number): Portion<T> => ({ values: values.slice(from, to), tickets: tickets && tickets.slice(from, to) })
    while (from < values.length) {
      const at = values.indexOf(this.#stage.item as T, from)
      if (at < 0) throw this.#writer.failed(error, part(values.length))
      if (at > from) {
        attempt = 1
        await this.#put(part(at))
        from = at
      }
      const trial = await this.#verdicts.of(values[at], attempt, error, (fate) => { this.#stage.settle(tickets?.[at], fate) })
      if (trial.verdict === 'dropped') {
        const { outcome, scope } = this.#stage
        nackAll(tickets, at, values.length, outcome === undefined ? scope.signal.reason : reasonOf(outcome))
        // Ended meanwhile: never settled, because what was given up is neither written nor a second failure.
        return new Promise<void>(() => {})
      }
      if (trial.verdict === 'failed') {
        this.#stage.item = values[at]
        throw this.#writer.failed(trial.error, part(values.length))
      }
      if (trial.verdict === 'again') attempt++
      else {
        from++
        attempt = 1
      }
      const left = part(values.length)
      if (left.values.length === 0) break
      let encoded: unknown
      try {
        encoded = await this.#writer.encode(left.values)
      } catch (next) {
        error = next
        continue
      }
      return this.#writer.take(encoded as never, left)
    }
    this.#stage.item = undefined
  }

  /** The run has ended: no next try is waited for. */
  close(): void {
    this.#verdicts.close()
  }

  async #put(portion: Portion<T>): Promise<void> {
    const { item } = this.#stage
    await this.#writer.take((await this.#writer.encode(portion.values)) as never, portion)
    this.#stage.item = item
  }
}
