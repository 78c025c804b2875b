import { type Sink } from '@sluice/core'
import { sink } from '@sluice/core/authoring'
import type { VirtualClock } from '../../time/virtual-clock'

/** How a sink asks for values. */
export interface Demand {
  /** At most so many at once. */
  readonly limit: number
  /** No more than so many in all. */
  readonly take: number
  /** How long each batch takes, in virtual ms; 0 for no promise at all. */
  readonly slowMs: number
}

/** Collects values, as many and as fast as the demand says. */
export function collector({ limit, take, slowMs }: Demand, clock: VirtualClock): Sink<number, number[]> {
  return sink<number, number[]>('collector', () => {
    const all: number[] = []
    return {
      demand: () => Math.min(limit, take - all.length),
      write(values, count) {
        for (let i = 0; i < count; i++) all.push(values[i] as number)
        return slowMs > 0 ? clock.sleep(slowMs) : undefined
      },
      end: () => all,
    }
  })
}
