import { Readable } from 'node:stream'
import * as rx from 'rxjs'
import { from, range, toArray } from '@sluice/core'
import { filter, map } from '@sluice/operators'
import type { Case } from '../case'

const three = [1, 2, 3]
const double = (n: number): number => n * 2
const big = (n: number): boolean => n > 2

/** What a pipeline costs that is run once for each request: nearly all of it is opening and closing. */
export const shortRuns: Case = {
  name: 'short-runs',
  what: '10,000 runs of three numbers through map and filter into an array, one after the other',
  values: 10_000,
  contenders: {
    sluice: async () => {
      let sum = 0
      for (let i = 0; i < 10_000; i++) sum += (await from(three).pipe(map(double), filter(big)).to(toArray()).run()).length
      return sum
    },
    rxjs: async () => {
      let sum = 0
      for (let i = 0; i < 10_000; i++) {
        sum += (await rx.lastValueFrom(rx.from(three).pipe(rx.map(double), rx.filter(big), rx.toArray()))).length
      }
      return sum
    },
    'node streams': async () => {
      let sum = 0
      for (let i = 0; i < 10_000; i++) sum += (await Readable.from(three).map(double).filter(big).toArray()).length
      return sum
    },
  },
  goals: [{ rival: 'node streams', atLeast: 10 }],
}

async function* count(size: number): AsyncGenerator<number> {
  for (let i = 0; i < size; i++) yield i
}

/** A source read by a loop. */
export const iterate: Case = {
  name: 'iterate',
  what: 'for await over 200,000 numbers of a synchronous source with a map',
  values: 200_000,
  contenders: {
    sluice: async () => {
      let sum = 0
      for await (const n of range(0, 200_000).pipe(map(double))) sum += n
      return sum
    },
    'async generator': async () => {
      let sum = 0
      for await (const n of count(200_000)) sum += double(n)
      return sum
    },
    'node streams': async () => {
      let sum = 0
      for await (const n of Readable.from(count(200_000)).map(double) as AsyncIterable<number>) sum += n
      return sum
    },
  },
  goals: [{ rival: 'async generator', atLeast: 0.8 }],
}
