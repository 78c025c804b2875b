import * as tx from '@thi.ng/transducers'
import * as most from '@most/core'
import { newDefaultScheduler } from '@most/scheduler'
import type { Disposable, Scheduler, Sink, Stream } from '@most/types'
import * as rx from 'rxjs'
import { count, drain, forEach, from, type Source } from '@sluice/core'
import { batch, broadcast, flatMap, map, mergeWith } from '@sluice/operators'
import type { Case } from '../case'

const million = Array.from({ length: 1_000_000 }, (_, i) => i)

/** Batches of 100, flattened again. */
export const batchFlatten: Case = {
  name: 'batch-flatten',
  what: '1,000,000 numbers in batches of 100, flattened again',
  values: million.length,
  contenders: {
    sluice: async () => from(million).pipe(batch(100), flatMap((values) => values)).to(count()).run(),
    rxjs: () => rx.lastValueFrom(rx.from(million).pipe(rx.bufferCount(100), rx.mergeMap((values) => values), rx.count())),
    'thi.ng': async () => tx.transduce(tx.comp(tx.partition<number>(100), tx.mapcat((values) => values)), tx.count(), million),
    'a loop': async () => {
      let counted = 0
      let values: number[] = []
      for (const value of million) {
        if (values.push(value) < 100) continue
        for (const _ of values) counted++
        values = []
      }
      return counted + values.length
    },
  },
  goals: [{ rival: 'rxjs', atLeast: 3 }, { rival: 'thi.ng', atLeast: 0.9 }],
}

const add = (n: number): number => n + 1

/** Ten maps in a row. */
export const tenMaps: Case = {
  name: 'ten-maps',
  what: 'ten maps in a row over 1,000,000 numbers',
  values: million.length,
  contenders: {
    sluice: async () => {
      const m = map(add)
      return from(million).pipe(m, m, m, m, m, m, m, m, m, m).to(count()).run()
    },
    rxjs: () => {
      const m = rx.map(add)
      return rx.lastValueFrom(rx.from(million).pipe(m, m, m, m, m, m, m, m, m).pipe(m, rx.count()))
    },
  },
  goals: [{ rival: 'rxjs', atLeast: 2 }],
}

async function* generate(size: number): AsyncGenerator<number> {
  for (let i = 0; i < size; i++) yield i
}

/** Four async generators merged. */
export const mergeFour: Case = {
  name: 'merge',
  what: 'four async generators of 50,000 numbers each, merged',
  values: 200_000,
  contenders: {
    sluice: async () => from(generate(50_000)).pipe(mergeWith(generate(50_000), generate(50_000), generate(50_000))).to(count()).run(),
    rxjs: () => rx.lastValueFrom(rx.merge(...[1, 2, 3, 4].map(() => rx.from(generate(50_000)))).pipe(rx.count())),
  },
  goals: [{ rival: 'rxjs', atLeast: 1 }],
}

/** One async generator for four consumers, each with an operator of its own. */
export const broadcastFour: Case = {
  name: 'broadcast',
  what: 'an async generator of 50,000 numbers to four consumers, merged again',
  values: 50_000,
  contenders: {
    sluice: async () => {
      const branch = (source: Source<number>) => source.pipe(map(add))
      return from(generate(50_000)).pipe(broadcast([branch, branch, branch, branch])).to(count()).run()
    },
    rxjs: () => rx.lastValueFrom(rx.from(generate(50_000)).pipe(rx.connect((shared) => rx.merge(...[1, 2, 3, 4].map(() => shared.pipe(rx.map(add))))), rx.count())),
  },
  goals: [{ rival: 'rxjs', atLeast: 1 }],
}

/** @most/core has no source of an async iterable; this one is as direct as its contract allows. */
const mostOf = (values: AsyncIterable<number>): Stream<number> => ({
  run(sink: Sink<number>, scheduler: Scheduler): Disposable {
    const iterator = values[Symbol.asyncIterator]()
    const onResult = (result: IteratorResult<number>): void => {
      if (result.done === true) {
        sink.end(scheduler.currentTime())
      } else {
        sink.event(scheduler.currentTime(), result.value)
        void iterator.next().then(onResult)
      }
    }
    void iterator.next().then(onResult)
    return { dispose: () => undefined }
  },
})

/** One async generator for four sinks. */
export const broadcastSinks: Case = {
  name: 'broadcast-sinks',
  what: 'an async generator of 50,000 numbers to four sinks that add them up',
  values: 50_000,
  contenders: {
    sluice: async () => {
      let sum = 0
      const branch = (source: Source<number>) => source.to(forEach((n) => { sum += n }))
      await from(generate(50_000)).pipe(broadcast([branch, branch, branch, branch])).to(drain()).run()
      return sum
    },
    rxjs: async () => {
      let sum = 0
      const shared = new rx.Subject<number>()
      const sinks = [1, 2, 3, 4].map(() => rx.lastValueFrom(shared.pipe(rx.tap((n) => { sum += n }))))
      rx.from(generate(50_000)).subscribe(shared)
      await Promise.all(sinks)
      return sum
    },
    most: async () => {
      let sum = 0
      const scheduler = newDefaultScheduler()
      const shared = most.multicast(mostOf(generate(50_000)))
      await Promise.all([1, 2, 3, 4].map(() => most.runEffects(most.tap((n: number) => { sum += n }, shared), scheduler)))
      return sum
    },
  },
  goals: [{ rival: 'rxjs', atLeast: 1 }, { rival: 'most', atLeast: 0.8 }],
}
