import { type Named, empty, OptionError, type Pullable, type Source } from '@sluice/core'
import { declare, described, mapping } from '@sluice/core/authoring'
import { newest } from './combine-latest-with'
import { sourcesOf, type Pullables } from '../inputs/sources'

const COMBINE_LATEST = /* @__PURE__ */ declare('combineLatest', () => ({}), {})

/**
 * One source of the newest values of several: a tuple, or an object, whenever an input gives a value. In `pipe` the same is
 * `combineLatestWith`.
 *
 * - **emits** a tuple for each value of any input, once each has given one; inputs that always have values take turns
 * - **holds back** every input when downstream does. Until each has given its first value, none is asked for a second, so
 *   no value is passed over
 * - **completes** when all inputs have completed, or one ends without a value; at once where there is none
 * - **buffers** the newest value of each input
 * - **on failure** of an input, the tuples of the values before are delivered first
 * - **on abort** all inputs are closed. The ticket of a value is acknowledged when its tuples are dealt with and a newer
 *   value has taken its place; newest values go back when the run is cut off
 *
 * ```marble
 * a      -1-----2---|
 * b      ---a-b---|
 *        combineLatest([a, b])
 * out    ---A-B-C---|      A = [1, 'a'], B = [1, 'b'], C = [2, 'b']
 * ```
 *
 * @param inputs an array of what `from` takes, for tuples; or an object of such, for objects with the same keys.
 * @param options `name`.
 * @throws OptionError where `inputs` is neither, or one of them is nothing `from` takes.
 *
 * @example
 * ```ts
 * import { toArray } from '@sluice/core'
 * import { combineLatest } from '@sluice/operators'
 *
 * await combineLatest([[1, 2], ['a']]).to(toArray()).run() // [[1, 'a'], [2, 'a']]
 * await combineLatest({ n: [1, 2], s: ['a'] }).to(toArray()).run() // [{ n: 1, s: 'a' }, { n: 2, s: 'a' }]
 * ```
 */
export function combineLatest<B extends readonly unknown[] | []>(inputs: Pullables<B>, options?: Named): Source<[...B]>
export function combineLatest<R extends object>(inputs: { readonly [K in keyof R]: Pullable<R[K]> }, options?: Named): Source<R>
export function combineLatest(inputs: readonly Pullable<unknown>[] | Readonly<Record<string, Pullable<unknown>>>, options?: Named): Source<unknown> {
  // Before the options: a second source in their place is the likeliest mistake.
  if (!Array.isArray(inputs) && !isPlain(inputs)) throw new OptionError('combineLatest', 'inputs', inputs, 'an array or an object of what `from` takes')
  const given = COMBINE_LATEST.read(options)
  if (Array.isArray(inputs)) return latestOf(inputs, given, (index) => `inputs[${index}]`)
  const keys = Object.keys(inputs)
  const values = keys.map((key) => (inputs as Readonly<Record<string, Pullable<unknown>>>)[key] as Pullable<unknown>)
  // fromEntries defines its keys, so that one called __proto__ is a key like any other.
  return latestOf(values, given, (index) => `inputs.${keys[index]}`).pipe(described(COMBINE_LATEST, given, mapping(given.name, () => (tuple: unknown[]) => Object.fromEntries(keys.map((key, i) => [key, tuple[i]])))))
}

function latestOf(inputs: readonly Pullable<unknown>[], given: { readonly name: string }, nameOf: (index: number) => string): Source<unknown[]> {
  const [source, ...others] = sourcesOf('combineLatest', inputs, nameOf)
  return source === undefined ? empty(given) : source.pipe(described(COMBINE_LATEST, given, newest<unknown, unknown[]>(given.name, others), others))
}

function isPlain(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !('open' in value) && !(Symbol.iterator in value) && !(Symbol.asyncIterator in value)
}
