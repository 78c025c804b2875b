import { type Named, deadLetter as toDeadLetters, type DeadLetter, type Operator, type Sink } from '@sluice/core'
import { declare, described } from '@sluice/core/authoring'
import { inNameOf } from './in-name-of'
import { supervised } from './supervised'

const DEAD_LETTER_ITEM = /* @__PURE__ */ declare('deadLetterItem', () => ({}), { drops: 'chosen', opens: 1 })

/**
 * Writes items that fail inside an operator to a sink, with their errors, and goes on.
 *
 * - **emits** what `operator` makes of the other items, in order
 * - **holds back** when downstream does, while an item is at work and while a letter is being written
 * - **completes** when the source has completed and the last item is done
 * - **buffers** nothing beyond the item
 * - **on failure** of an item inside `operator` writes a `DeadLetter` to `sink`; a letter that cannot be
 *   written fails the run, so that none is lost
 * - **on abort** the item that is at work is given up; letters that were written are kept
 *
 * The same as `supervise(operator, deadLetter(sink))` with core's `deadLetter`.
 *
 * ```marble
 * in     -1-x-3-|
 *        deadLetterItem(parse, letters)
 * out    -1---3-|
 * letters   { item: 'x', error }
 * ```
 *
 * @param operator what each item goes through.
 * @param sink opened at the first letter, ended with the run, shared by all stages of a run that name it.
 * @param options `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const parse = map((text: string) => JSON.parse(text) as number)
 * const letters = forEach(({ item }: DeadLetter) => console.log(item))
 * await from(['1', 'x', '3']).pipe(deadLetterItem(parse, letters)).to(toArray()).run() // [1, 3]
 * ```
 */
export function deadLetterItem<A, B>(operator: Operator<A, B>, sink: Sink<DeadLetter<A>, unknown>, options?: Named): Operator<A, B> {
  const given = DEAD_LETTER_ITEM.read(options)
  return described(DEAD_LETTER_ITEM, given, supervised('deadLetterItem', given.name, operator, inNameOf('deadLetterItem', () => toDeadLetters<A>(sink))))
}
