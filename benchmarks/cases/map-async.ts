import { mapLimit } from 'async'
import pMap from 'p-map'
import * as rx from 'rxjs'
import { count, from } from '@sluice/core'
import { mapAsync, mapAsyncUnordered } from '@sluice/operators'
import type { Case } from '../case'

const values = Array.from({ length: 100_000 }, (_, i) => i)
/** What one would write by hand: so many loops, each of which awaits one call after the other. */
async function slots(items: readonly number[], work: (n: number) => Promise<number>, concurrency: number): Promise<number> {
  let next = 0
  let done = 0
  const slot = async (): Promise<void> => {
    while (next < items.length) {
      await work(items[next++] as number)
      done++
    }
  }
  await Promise.all(Array.from({ length: concurrency }, slot))
  return done
}

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
    'a loop of 16': () => slots(values, call, 16),
  },
  goals: [{ rival: 'p-map', atLeast: 3 }, { rival: 'rxjs mergeMap', atLeast: 10 }, { rival: 'a loop of 16', atLeast: 0.8 }],
}

/** The same, results as they come. */
export const mapAsyncAnyOrder: Case = {
  name: 'map-async-unordered',
  what: 'an async function over 100,000 numbers, concurrency 16, in any order',
  values: values.length,
  contenders: {
    sluice: async () => from(values).pipe(mapAsyncUnordered(call, { concurrency: 16 })).to(count()).run(),
    'rxjs mergeMap': () => rx.lastValueFrom(rx.from(values).pipe(rx.mergeMap(call, 16), rx.count())),
    'a loop of 16': () => slots(values, call, 16),
  },
  goals: [{ rival: 'rxjs mergeMap', atLeast: 10 }, { rival: 'a loop of 16', atLeast: 0.8 }],
}

const later = (n: number): Promise<number> => new Promise((resolve) => { setImmediate(resolve, n + 1) })

const few = values.slice(0, 20_000)

/** The same with a function that waits for a macrotask, 64 at a time. */
export const mapAsyncLater: Case = {
  name: 'map-async-later',
  what: 'a function that waits for setImmediate over 20,000 numbers, concurrency 64, in order',
  values: 20_000,
  contenders: {
    sluice: async () => from(few).pipe(mapAsync(later, { concurrency: 64 })).to(count()).run(),
    'sluice unordered': async () => from(few).pipe(mapAsyncUnordered(later, { concurrency: 64 })).to(count()).run(),
    'p-map': async () => (await pMap(few, later, { concurrency: 64 })).length,
    'async mapLimit': async () => (await mapLimit<number, number>(few, 64, async (n: number) => later(n))).length,
    'rxjs mergeMap': () => rx.lastValueFrom(rx.from(few).pipe(rx.mergeMap(later, 64), rx.count())),
    'a loop of 64': () => slots(few, later, 64),
  },
  goals: [
    { rival: 'p-map', atLeast: 1 }, { rival: 'rxjs mergeMap', atLeast: 1 }, { rival: 'async mapLimit', atLeast: 1 },
    { rival: 'async mapLimit', atLeast: 1, ours: 'sluice unordered' },
  ],
}
