import type { Sink } from '../contract/sink'
import type { StageOptions } from '../contract/supervision'
import { checkOnError } from '../engine/supervisor'
import { sink } from '../kit/sink'
import { callable, optionsOf, wholeNumber } from '../options'
import { EachIntake } from './each-intake'

/** What the function of {@link forEach} gets beside the value. */
export interface EachContext {
  /** Aborted when the run is aborted or fails. */
  readonly signal: AbortSignal
  /** 1 on the first try. */
  readonly attempt: number
}

/** Options of {@link forEach}. */
export interface ForEachOptions<T> extends StageOptions<T> {
  /** How many calls may be running at once, for a function that answers promises. Default 1: one after the other. */
  readonly concurrency?: number | undefined
}

/**
 * Calls a function for each value; the result is undefined.
 *
 * - **asks for** as many values as it may have calls running; a function that answers no promise takes whole batches
 * - **on failure** as `onError` says; without it the run fails with the original error
 * - **on abort** the calls that are running are told through `signal`, and waited for
 *
 * @param use what is done with a value; a promise it answers is waited for.
 * @param options `concurrency` (default 1), `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from(users).to(forEach(sendMail, { concurrency: 4, onError: retry({ times: 3 }) })).run()
 * ```
 */
export function forEach<T>(
  use: (value: T, context: EachContext) => unknown,
  options: ForEachOptions<T> = {},
): Sink<T, void> {
  callable('forEach', 'use', use)
  const { name = 'forEach', onError, concurrency = 1 } = optionsOf('forEach', options)
  checkOnError('forEach', onError)
  wholeNumber('forEach', 'concurrency', concurrency)
  return sink<T, void>(name, (stage) => new EachIntake<T>(use, stage, concurrency, onError))
}
