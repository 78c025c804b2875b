import type { Named, Pullable } from '@sluice/core'

/** What the inputs of a tuple give. */
export type ValuesOf<P extends readonly unknown[]> = { -readonly [K in keyof P]: P[K] extends Pullable<infer V> ? V : never }

/** Inputs of which each is something `from` takes, and options after them. */
export type InputsThenOptions<P extends readonly Pullable<unknown>[]> = readonly [...inputs: P, options: Named]

/** Tells the inputs of an operator from the options after them. A plain object that is nothing `from` takes is options. */
export function apart(args: readonly unknown[]): { readonly inputs: readonly unknown[]; readonly options: Named | undefined } {
  const last = args.at(-1)
  return areOptions(last) ? { inputs: args.slice(0, -1), options: last } : { inputs: args, options: undefined }
}

/** An object without any key says nothing, so that it is more likely an input that went wrong. */
function areOptions(value: unknown): value is Named {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return (prototype === Object.prototype || prototype === null) && Object.keys(value).length > 0
    && !('open' in value || 'then' in value || Symbol.asyncIterator in value || Symbol.iterator in value)
}
