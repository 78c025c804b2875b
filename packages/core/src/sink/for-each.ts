import type { Sink } from '../contract/sink'
import type { StageOptions } from '../contract/supervision'
import { sink } from '../kit/sink'
import { EachIntake } from './each-intake'
import { tell } from '../kit/described'
import { declare } from '../options/declare'
import { decision, fn, whole } from '../options/rules'

const FOR_EACH = /* @__PURE__ */ declare('forEach', () => ({ args: { use: fn }, options: { concurrency: whole().or(1), onError: decision } }), ({ concurrency }) => ({ holds: concurrency }))

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
  const given = FOR_EACH.read(options, { use })
  const { name, concurrency, onError } = given
  return tell(sink<T, void>(name, (stage) => new EachIntake<T>(use, stage, concurrency, onError)), FOR_EACH, given)
}
