import * as rx from 'rxjs'
import * as most from '@most/core'
import { newDefaultScheduler } from '@most/scheduler'
import { count, drain, first, forEach, from, last, range, reduce, toArray, unfold } from '@sluice/core'
import { batch, buffer, filter, flatMap, map, mapAsync, mergeWith, take, tap } from '@sluice/operators'

/** Runs a dozen other pipelines of every library, so that call sites have seen more than one function. */
export async function pollute(): Promise<void> {
  for (let round = 0; round < 20; round++) {
    const numbers = range(0, 5000)
    await numbers.pipe(map((n) => `${n}`), filter((text) => text.length > 1)).to(toArray()).run()
    await numbers.pipe(tap(() => {}), batch(7)).to(count()).run()
    await numbers.pipe(flatMap((n) => [n, n]), take(3000)).to(last()).run()
    await numbers.pipe(mapAsync(async (n) => n, { concurrency: 4 })).to(drain()).run()
    await numbers.pipe(buffer(16), mergeWith(range(0, 100))).to(forEach(() => {})).run()
    await unfold(0, (n) => (n < 500 ? [{ n }, n + 1] : undefined)).pipe(map(({ n }) => n * 1.5)).to(reduce((a, b) => a + b, 0)).run()
    await from(new Set(['a', 'b'])).pipe(map((text) => text.length), filter(Boolean)).to(first()).run()
    await rx.lastValueFrom(rx.range(0, 5000).pipe(rx.map((n) => String(n)), rx.filter((text) => text.length > 1), rx.toArray()))
    await rx.lastValueFrom(rx.range(0, 5000).pipe(rx.scan((a, b) => a + b, 0), rx.bufferCount(7), rx.mergeMap((x) => x), rx.take(3000)))
    await rx.lastValueFrom(rx.range(0, 500).pipe(rx.concatMap(async (n) => n), rx.pairwise(), rx.distinctUntilChanged()))
    const clock = newDefaultScheduler()
    await most.runEffects(most.map((n: number) => `${n}`, most.filter((n: number) => n > 1, most.take(300, most.scan((a: number) => a + 1, 0, most.now(1))))), clock)
    await most.runEffects(most.tap(() => {}, most.merge(most.now('a'), most.skip(1, most.now({ a: 1 })))), clock)
  }
}
