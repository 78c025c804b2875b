import type { Sink } from './sink'
import type { Stage } from './stage'

/** What becomes of an item whose processing failed. */
export type Decision =
  | 'fail'
  | 'skip'
  /**
   * Leave it out, and let the stage start again with a fresh state: `scan` with its seed, `mapStateful` with what `create` answers, `distinct`
   * with no keys. A stage that keeps no state between items, or whose state is values that it holds, takes this for `'skip'`.
   */
  | 'restart'
  /**
   * It has failed, and the stage goes on. An item of a durable queue goes back there, comes again after `retryMs`, and is a dead letter of the queue after
   * `maxAttempts`. A value that came from elsewhere counts as failed.
   */
  | 'nack'
  /**
   * Try it again after so many ms, 0 or more; anything else fails the stage with an AnswerError. After that, and where there is a
   * `pass`, when its promise is fulfilled: it is a wait for something outside, such as a limit, and `signal` tells when nobody waits
   * any more. The item fails with what the promise is rejected with.
   */
  | { readonly retryAfterMs: number; readonly pass?: ((signal: AbortSignal) => PromiseLike<unknown>) | undefined }
  /** Write it, with its error, to a sink of its own; should that fail, the stage fails. */
  | DeadLetterDecision

/** What `deadLetter(sink)` decides. It brings the writing along, so that a program without dead letters has no code for them. */
export interface DeadLetterDecision {
  readonly deadLetter: Sink<never, unknown>
  /** Answers a promise where the sink needs time. */
  write(failed: FailedItem, stage: Stage): unknown
}

/** An item on which an attempt has failed. */
export interface FailedItem<A = unknown> {
  readonly item: A
  /** What was thrown, as it was thrown. */
  readonly error: unknown
  /** 1 for an item that was tried once. */
  readonly attempt: number
}

/**
 * An item that was given up, with the reason. `JSON.stringify` of a letter writes all of it, whatever item and error are:
 * see {@link DeadLetterJson}.
 */
export interface DeadLetter<A = unknown> extends FailedItem<A> {
  /** The name of the stage that gave it up. */
  readonly stage: string
  /** How many stages stand before that one; 0 for a source. */
  readonly position: number
  /** The names of the stages from the source to the one that gave it up. */
  readonly path: readonly string[]
  /** The letter as plain data that JSON can write. Never throws. */
  toJSON(): DeadLetterJson
}

/** A {@link DeadLetter} as plain data. */
export interface DeadLetterJson {
  readonly stage: string
  readonly position: number
  readonly path: readonly string[]
  readonly attempt: number
  /**
   * Of an error `{ name, message, code, cause, errors }` and the simple ones among its own properties; `stack` where `deadLetter` was
   * told so. Of anything else that was thrown, that.
   */
  readonly error: unknown
  /** The item as JSON has it; what JSON cannot write, such as a BigInt or a circle, is text. */
  readonly item: unknown
}

/** Decides about a failed item. `attempt` is 1 the first time; `random` answers numbers in [0, 1). */
export type Decide<A> = (error: unknown, item: A, attempt: number, random: () => number) => Decision

/** The `onError` option, the same on everything that calls user code. Default `'fail'`. */
export type OnError<A> = 'fail' | 'skip' | 'restart' | 'nack' | Decide<A>

/** The option that everything takes. */
export interface Named {
  /** Shown in failures, stats and the graph. Default: the name of the function that made it. */
  readonly name?: string | undefined
}

/** Options every stage that calls user code takes. */
export interface StageOptions<A> extends Named {
  readonly onError?: OnError<A> | undefined
}
