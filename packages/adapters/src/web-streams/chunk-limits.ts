import { answeredNumber, fn, knownIn, maybeFn, number, check, type Rule } from '@sluice/core/authoring'

/** How much a stream of ours may hold; the words are those of the platform's queuing strategies. */
export interface ChunkLimits<T> {
  /** What it may hold: chunks, or what `size` adds up to. */
  readonly highWaterMark?: number | undefined
  /** What a chunk counts. Default 1. */
  readonly size?: ((chunk: T) => number) | undefined
}

/** The limits as the platform takes them. */
export interface Strategy<T> {
  readonly highWaterMark: number
  readonly size?: (chunk: T) => number
}

/**
 * How the limits are declared.
 *
 * @param highWaterMark the default.
 */
export function limitRules(highWaterMark: number) {
  return { highWaterMark: number(0, Infinity).or(highWaterMark), size: maybeFn }
}

/** Limits in an object of their own; each is checked by {@link strategyIn}. */
export const strategy: Rule<ChunkLimits<never>, 'maybe'> = {
  allowed: 'an object with highWaterMark and size', test: (value) => typeof value === 'object' && value !== null, optional: true,
}

/** Limits as they were read, for the platform. */
export function strategyOf<T>(owner: string, { highWaterMark, size }: { readonly highWaterMark: number; readonly size: ((chunk: T) => number) | undefined }): Strategy<T> {
  // As good as without end, and one can count with it.
  const mark = Math.min(highWaterMark, Number.MAX_SAFE_INTEGER)
  return size === undefined ? { highWaterMark: mark } : { highWaterMark: mark, size: (chunk) => answeredNumber(owner, 'size', size(chunk)) }
}

/** The same of limits in an object of their own, which are checked here. */
export function strategyIn<T>(owner: string, option: string, limits: ChunkLimits<T> = {}, defaultMark: number): Strategy<T> {
  knownIn(owner, option, limits, ['highWaterMark', 'size'])
  const { highWaterMark = defaultMark, size } = limits
  check(number(0, Infinity), owner, `${option}.highWaterMark`, highWaterMark)
  if (size !== undefined) check(fn, owner, `${option}.size`, size)
  return strategyOf(owner, { highWaterMark, size })
}
