import { answeredNumber, callable, finiteNumber } from '@sluice/core/authoring'

/** How much a stream of ours may hold; the words are those of the platform's queuing strategies. */
export interface ChunkLimits<T> {
  /** What it may hold: chunks, or what `size` adds up to. */
  readonly highWaterMark?: number | undefined
  /** What a chunk counts. Default 1. */
  readonly size?: ((chunk: T) => number) | undefined
}

/** The limits as the platform takes them, checked when the stream is made. */
export function checkLimits<T>(owner: string, limits: ChunkLimits<T>, highWaterMark: number): { highWaterMark: number; size?: (chunk: T) => number } {
  const { highWaterMark: given = highWaterMark, size } = limits
  // As good as without end, and one can count with it.
  const checked = given === Infinity ? Number.MAX_SAFE_INTEGER : finiteNumber(owner, 'highWaterMark', given)
  return size === undefined ? { highWaterMark: checked } : { highWaterMark: checked, size: checkedSize(owner, size) }
}

function checkedSize<T>(owner: string, size: (chunk: T) => number): (chunk: T) => number {
  callable(owner, 'size', size)
  return (chunk) => answeredNumber(owner, 'size', size(chunk))
}
