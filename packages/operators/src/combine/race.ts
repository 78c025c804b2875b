import { from, OptionError, type Source, type Pullable } from '@sluice/core'
import { declare, described } from '@sluice/core/authoring'
import { racing } from './race-with'
import { sourcesOf, type Pullables } from '../inputs/sources'
import { apart, type InputsThenOptions, type ValuesOf } from '../inputs/apart'

const RACE = /* @__PURE__ */ declare('race', () => ({}), { drops: 'surplus' })

/**
 * The source that is first to give a value; the others are closed. In `pipe` the same is `raceWith`.
 *
 * - **emits** the values of the first source to give a value or to end. Where several could, the earlier one in the list wins
 * - **holds back** when downstream does
 * - **completes** when the winner does: a source that ends without a value wins, too
 * - **buffers** nothing
 * - **on failure** of the winner, values before it are delivered first; a source that fails first has won
 * - **on abort** all sources that are open are closed
 *
 * ```marble
 * a      ---1-2-|
 * b      -a---b-c-|
 *        race(a, b)
 * out    -a---b-c-|
 * ```
 *
 * @param inputs anything `from` takes, one at least.
 * @throws OptionError where there is no input, or one is nothing `from` takes.
 *
 * @example
 * ```ts
 * import { never, toArray } from '@sluice/core'
 * import { race } from '@sluice/operators'
 *
 * await race(never(), [1, 2]).to(toArray()).run() // [1, 2]
 * ```
 */
export function race<B extends readonly unknown[]>(...inputs: Pullables<B>): Source<B[number]>
export function race<P extends readonly Pullable<unknown>[]>(...inputs: InputsThenOptions<P>): Source<ValuesOf<P>[number]>
export function race(...args: readonly unknown[]): Source<unknown> {
  const { inputs, options } = apart(args)
  const given = RACE.read(options)
  const [source, ...others] = sourcesOf('race', inputs, 'inputs')
  // A race of nobody would never end.
  if (source === undefined) throw new OptionError('race', 'inputs', inputs, 'one source at least')
  return others.length === 0 ? from(source, options) : source.pipe(described(RACE, given, racing(given.name, others), others))
}
