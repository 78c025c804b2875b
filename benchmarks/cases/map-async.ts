import pMap from 'p-map'
import * as rx from 'rxjs'
import { count, from } from '@sluice/core'
import { mapAsync } from '@sluice/operators'
import type { Case } from '../case'

const values = Array.from({ length: 100_000 }, (_, i) => i)
const call = async (n: number): Promise<number> => n + 1

/** An async function that resolves at once, 16 at a time, results in order (RxJS: in any order, it has no other). */
export const mapAsyncOrdered: Case = {
  name: 'map-async',
  what: 'an async function over 100,000 numbers, concurrency 16, in order',
  values: values.length,
  contenders: {
    sluice: async () => from(values).pipe(mapAsync(call, { concurrency: 16 })).to(count()).run(),
    'p-map': async () => (await pMap(values, call, { concurrency: 16 })).length,
    'rxjs mergeMap': () => rx.lastValueFrom(rx.from(values).pipe(rx.mergeMap(call, 16), rx.count())),
    'a loop of 16': async () => {
      let next = 0
      let done = 0
      const worker = async (): Promise<void> => {
        while (next < values.length) {
          await call(values[next++] as number)
          done++
        }
      }
      await Promise.all(Array.from({ length: 16 }, worker))
      return done
    },
  },
  goals: [{ rival: 'p-map', atLeast: 3 }, { rival: 'rxjs mergeMap', atLeast: 10 }],
}

const later = (n: number): Promise<number> => new Promise((resolve) => { setImmediate(resolve, n + 1) })

/** The same with a function that waits for a macrotask, 64 at a time. */
export const mapAsyncLater: Case = {
  name: 'map-async-later',
  what: 'a function that waits for setImmediate over 20,000 numbers, concurrency 64, in order',
  values: 20_000,
  contenders: {
    sluice: async () => from(values.slice(0, 20_000)).pipe(mapAsync(later, { concurrency: 64 })).to(count()).run(),
    'p-map': async () => (await pMap(values.slice(0, 20_000), later, { concurrency: 64 })).length,
    'rxjs mergeMap': () => rx.lastValueFrom(rx.from(values.slice(0, 20_000)).pipe(rx.mergeMap(later, 64), rx.count())),
  },
  goals: [{ rival: 'p-map', atLeast: 1 }, { rival: 'rxjs mergeMap', atLeast: 1 }],
}
