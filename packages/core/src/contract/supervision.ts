import type { Scope } from './scope'
import type { Sink } from './sink'

/** What becomes of an item whose processing failed. */
export type Decision =
  | 'fail'
  | 'skip'
  /** Try it again after so many ms, 0 or more; anything else fails the stage with an AnswerError. */
  | { readonly retryAfterMs: number }
  /** Write it, with its error, to a sink of its own; should that fail, the stage fails. */
  | DeadLetterDecision

/** What `deadLetter(sink)` decides. It brings the writing along, so that a program without dead letters has no code for them. */
export interface DeadLetterDecision {
  readonly deadLetter: Sink<DeadLetter, unknown>
  /** Answers a promise where the sink needs time. */
  write(letter: DeadLetter, scope: Scope): unknown
}

/** An item that was given up, with the reason. */
export interface DeadLetter<A = unknown> {
  readonly item: A
  readonly error: unknown
  readonly attempt: number
  /** The name of the stage that gave it up. */
  readonly stage: string
}

/** Decides about a failed item. `attempt` is 1 the first time; `random` answers numbers in [0, 1). */
export type Decide<A> = (error: unknown, item: A, attempt: number, random: () => number) => Decision

/** The `onError` option, the same on everything that calls user code. Default `'fail'`. */
export type OnError<A> = 'fail' | 'skip' | Decide<A>

/** Options every stage that calls user code takes. */
export interface StageOptions<A> {
  /** Shown in failures, stats and the graph. Default: the operator's name. */
  readonly name?: string | undefined
  readonly onError?: OnError<A> | undefined
}
