import { coded } from './coded'
import { describeValue } from './describe-value'

/**
 * What `next()` of an iterator that is not ours answered, as `for (of)` takes it: an object, else a TypeError. Without
 * this check a number for an answer would be a value `undefined`, for ever.
 *
 * @throws TypeError where `result` is no object.
 *
 * @example
 * ```ts
 * import { iteratorResult } from '@sluice/core/authoring'
 *
 * const result = iteratorResult([1, 2, 3].values().next()) // { value: 1, done: false }
 * ```
 */
export function iteratorResult<T>(result: IteratorResult<T>): IteratorResult<T> {
  const given: unknown = result
  if ((typeof given !== 'object' || given === null) && typeof given !== 'function') throw noObject(given)
  return result
}

function noObject(result: unknown): TypeError {
  return coded('SLUICE_ANSWER', new TypeError(`iterator: next() must answer an object with done and value, got ${describeValue(result)}`))
}
