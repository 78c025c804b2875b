import { from, OptionError, type Pullable, type Source } from '@sluice/core'

/** One thing `from` takes for each type of a tuple. */
export type Pullables<B extends readonly unknown[]> = { readonly [K in keyof B]: Pullable<B[K]> }

/** Makes sources of the inputs when the pipeline is built: `from` says what is wrong with one. */
export function sourcesOf<T = unknown>(owner: string, others: readonly unknown[]): Source<T>[] {
  if (!Array.isArray(others)) throw new OptionError(owner, 'others', others, 'an array of what `from` takes')
  return others.map((other) => from(other as Pullable<T>))
}
