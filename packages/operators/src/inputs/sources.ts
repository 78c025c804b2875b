import { OptionError, type Pullable, type Source } from '@sluice/core'
import { sourceOf } from './source-of'

/** One thing `from` takes for each type of a tuple. */
export type Pullables<B extends readonly unknown[]> = { readonly [K in keyof B]: Pullable<B[K]> }

/** Makes sources of the inputs when the pipeline is built. `option` is what the operator calls them, or each of them. */
export function sourcesOf<T = unknown>(owner: string, others: readonly unknown[], option: string | ((index: number) => string) = 'others'): Source<T>[] {
  if (!Array.isArray(others)) throw new OptionError(owner, typeof option === 'string' ? option : 'inputs', others, 'an array of what `from` takes')
  return others.map((other, index) => sourceOf(owner, typeof option === 'string' ? `${option}[${index}]` : option(index), other as Pullable<T>))
}
