import type { Named, OnError, Operator } from '@sluice/core'
import { declare, described } from '@sluice/core/authoring'
import { supervised } from './supervised'

const SUPERVISE = /* @__PURE__ */ declare('supervise', () => ({}), { drops: 'chosen', opens: 1 })

/**
 * Puts a whole operator, or several, under one `onError` policy: an item that fails anywhere inside is skipped, retried or
 * written to a dead letter sink as one.
 *
 * - **emits** what `operator` makes of each item, item by item
 * - **holds back** when downstream does, and while an item is at work
 * - **completes** when the source has completed and the last item is done
 * - **buffers** nothing beyond the item
 * - **on failure** of an item inside `operator` as `onError` says; what the item had given by then is out already, and
 *   comes again when it is retried
 * - **on abort** the item that is at work is given up
 *
 * `operator` is opened for each item, so it must be one that needs no other: `map`, `mapAsync`, a chain of them, but
 * not `scan` or `batch`.
 *
 * ```marble
 * in    -1-2-3-|
 *       supervise(map(n => { if (n === 2) throw new Error(); return n }), 'skip')
 * out   -1---3-|
 * ```
 *
 * @param operator what each item goes through.
 * @param onError `'skip'`, `retry(...)`, `deadLetter(...)` or a function.
 * @param options `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const parse = map((text: string) => JSON.parse(text) as number)
 * await from(['1', 'x', '3']).pipe(supervise(parse, 'skip')).to(toArray()).run() // [1, 3]
 * ```
 */
export function supervise<A, B>(operator: Operator<A, B>, onError: OnError<A>, options?: Named): Operator<A, B> {
  const given = SUPERVISE.read(options)
  return described(SUPERVISE, given, supervised('supervise', given.name, operator, onError))
}

