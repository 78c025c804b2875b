import { OptionError, type Pullable, type Source } from '@sluice/core'
import { sourceOf } from './source-of'

/** One thing `from` takes for each type of a tuple. */
export type Pullables<B extends readonly unknown[]> = { readonly [K in keyof B]: Pullable<B[K]> }

/** Makes sources of the inputs when the pipeline is built. `option` is what the operator calls them, or each of them. */
export function sourcesOf<T = unknown>(owner: string, others: readonly unknown[], option: string | ((index: number) => string) = 'others'): Source<T>[] {
  if (!Array.isArray(others)) throw new OptionError(owner, typeof option === 'string' ? option : 'inputs', others, 'an array of what `from` takes')
  return others.map((other, index) => {
    const called = typeof option === 'string' ? `${option}[${index}]` : option(index)
    // From RxJS, where zip([a, b]) reads a and b: here that would be a source whose values are sources.
    if (Array.isArray(other) && other.length > 0 && other.every(isSource)) throw new OptionError(owner, called, other, 'one source, and no array of sources')
    return sourceOf(owner, called, other as Pullable<T>)
  })
}

function isSource(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'open' in value && 'pipe' in value
}
