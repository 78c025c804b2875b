import { asap, newDefaultScheduler } from '@most/scheduler'
import type { Stream, Task } from '@most/types'
import * as most from '@most/core'
import * as rx from 'rxjs'
import { from, reduce } from '@sluice/core'
import { filter, map } from '@sluice/operators'
import type { Case } from '../case'

const values = Array.from({ length: 1_000_000 }, (_, i) => i)
const scheduler = newDefaultScheduler()

/** @most/core has no source of an array; this one is as direct as its contract allows. */
const mostOf = (list: readonly number[]): Stream<number> => ({
  run(sink, clock) {
    let active = true
    const task: Task = {
      dispose() {},
      error(time, error) { sink.error(time, error) },
      run(time) {
        for (let i = 0; i < list.length && active; i++) sink.event(time, list[i] as number)
        if (active) sink.end(time)
      },
    }
    asap(task, clock)
    return { dispose() { active = false } }
  },
})

/** map, filter, map, sum over a million numbers. */
export const syncChain: Case = {
  name: 'sync-chain',
  what: 'map, filter, map, sum over 1,000,000 numbers',
  values: values.length,
  contenders: {
    sluice: async () => from(values).pipe(map((n) => n + 1), filter((n) => n % 2 === 0), map((n) => n * 2)).to(reduce((sum, n) => sum + n, 0)).run(),
    rxjs: () => rx.lastValueFrom(rx.from(values).pipe(rx.map((n) => n + 1), rx.filter((n) => n % 2 === 0), rx.map((n) => n * 2), rx.reduce((sum, n) => sum + n, 0))),
    most: async () => {
      let sum = 0
      await most.runEffects(most.tap((n: number) => { sum += n }, most.map((n: number) => n * 2, most.filter((n: number) => n % 2 === 0, most.map((n: number) => n + 1, mostOf(values))))), scheduler)
      return sum
    },
    'array methods': async () => values.map((n) => n + 1).filter((n) => n % 2 === 0).map((n) => n * 2).reduce((sum, n) => sum + n, 0),
    'a loop': async () => {
      let sum = 0
      for (const value of values) if ((value + 1) % 2 === 0) sum += (value + 1) * 2
      return sum
    },
  },
  goals: [
    { rival: 'rxjs', atLeast: 3 },
    { rival: 'most', atLeast: 0.6 },
    { rival: 'rxjs', atLeast: 2.5, polluted: true },
    { rival: 'most', atLeast: 1, polluted: true },
  ],
}
