import type { Source } from '@sluice/core'
import { manualSource, type VirtualClock } from '@sluice/testing'

/** Values that come at times of a clock, and how it ends. */
export interface Arrivals<T> {
  readonly at: readonly { readonly time: number; readonly value: T }[]
  readonly endsAt: number
  /** It fails with this where it would end. */
  readonly failure?: Error | undefined
}

/** A source whose values come when they are due, whether somebody asks or not. */
export function arriving<T>(clock: VirtualClock, arrivals: Arrivals<T>): { readonly source: Source<T>; readonly closeCount: number } {
  const probe = manualSource<T>()
  for (const { time, value } of arrivals.at) clock.after(time, () => { probe.emit(value) })
  clock.after(arrivals.endsAt, () => {
    if (arrivals.failure) probe.fail(arrivals.failure)
    else probe.end()
  })
  return { source: probe.source, get closeCount() { return probe.closeCount } }
}

/** Random arrivals, bunched: waits are 1 to 5 ms or, one in four, up to `pauseMs`. Values count from 0. */
export function randomArrivals(random: () => number, pauseMs: number): Arrivals<number> {
  const upTo = (limit: number): number => 1 + Math.floor(random() * limit)
  const count = upTo(30)
  let time = 0
  const at = Array.from({ length: count }, (_, value) => ({ time: (time += upTo(random() < 0.25 ? pauseMs : 5)), value }))
  return { at, endsAt: time + upTo(pauseMs), failure: random() < 0.3 ? new Error('the source failed') : undefined }
}
