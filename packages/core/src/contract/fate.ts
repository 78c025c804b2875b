/**
 * What became of a value that a source gave. Each such value ends as exactly one of them.
 *
 * - `delivered`: everything that was made of the value was written to a sink.
 * - `absorbed`: a stage was done with the value and made nothing of it: a filter, a reduction.
 * - `dropped`: a stage lost the value on purpose: a full buffer with a dropping policy, a newer value.
 * - `skipped`: the value failed, and `onError` left it out.
 * - `deadLettered`: the value failed, and was written to a dead letter sink.
 * - `failed`: the value failed for good.
 * - `abandoned`: the run ended before the value was dealt with.
 */
export type Fate = 'delivered' | 'absorbed' | 'dropped' | 'skipped' | 'deadLettered' | 'failed' | 'abandoned'

/** The fates of a value that was dealt with. */
export type AckFate = Exclude<Fate, 'failed' | 'abandoned'>

/** The fates of a value that was not. */
export type NackFate = Extract<Fate, 'failed' | 'abandoned'>
