import { forEach, type Sink } from '@sluice/core'
import type { VirtualClock } from '@sluice/testing'
import type { Arrivals } from './arrivals'

/** What a consumer took, and when. */
export interface Taken<T> {
  readonly time: number
  readonly value: T
}

/** A sink that writes down what it takes, and is busy with the n-th value for so many ms. */
export function busySink<T>(clock: VirtualClock, busyMs: (index: number) => number, taken: Taken<T>[]): Sink<T, unknown> {
  return forEach<T>(async (value) => {
    taken.push({ time: clock.now(), value })
    await clock.sleep(busyMs(taken.length - 1))
  })
}

/** By the rule alone: what such a consumer takes of values that are collected while it is busy, `maxCount` at most. */
export function takenWhileBusy(arrivals: Arrivals<number>, busyMs: (index: number) => number, maxCount = Infinity): Taken<number[]>[] {
  const taken: Taken<number[]>[] = []
  let waiting: number[] = []
  let freeAt = -Infinity
  const take = (time: number): void => {
    freeAt = time + busyMs(taken.length)
    taken.push({ time, value: waiting.slice(0, maxCount) })
    waiting = waiting.slice(maxCount)
  }
  for (const { time, value } of arrivals.at) {
    while (waiting.length > 0 && freeAt <= time) take(freeAt)
    waiting.push(value)
    if (freeAt <= time) take(time)
  }
  while (waiting.length > 0) take(freeAt)
  return taken
}
