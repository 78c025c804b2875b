import { describe, expect, it } from 'vitest'
import { drain, forEach, range, type Source } from '@sluice/core'
import { DONE, PENDING, source, type Scheduler } from '@sluice/core/authoring'
import { explore, SpentScheduler } from '@sluice/testing'
import { passingOver } from '../test/passing-over'
import { alsoTo, broadcast, buffer, filter, map, wireTap, type SideTarget } from './index'

/**
 * Law R73: what drops values does so because whoever takes them is busy. A consumer that is synchronous and free loses nothing,
 * whichever ready task the scheduler runs first.
 */
const COUNT = 40
const all = Array.from({ length: COUNT }, (_, i) => i)

/** Values of which each begins to come when the one before was taken, as a promise: between two of them the consumer is free. */
const oneAfterAnother = source<number>('oneAfterAnother', (stage) => {
  let at = 0
  let isThere = false
  return {
    pull(into) {
      if (at === COUNT) return DONE
      if (isThere) {
        isThere = false
        into[0] = at++
        return 1
      }
      void Promise.resolve().then(() => {
        isThere = true
        stage.scope.scheduler.dispatch(stage.wake)
      })
      return PENDING
    },
  }
})

type Scenario = (seen: number[], scheduler: Scheduler) => PromiseLike<unknown>

/** A run whose tap is a pipeline that ends in a list. */
const tapped = (target: (seen: number[]) => SideTarget<number>): Scenario =>
  (seen, scheduler) => range(0, COUNT).pipe(wireTap(target(seen))).to(drain()).run({ scheduler })

const intoList = (seen: number[]) => forEach<number>((n) => { seen.push(n) })

const scenarios: Record<string, Scenario> = {
  'a sink as a tap': tapped(intoList),
  'a tap of several steps': tapped((seen) => (s) => s.pipe(map((n) => n * 2), filter((n) => n >= 0), map((n) => n / 2)).to(intoList(seen))),
  'a tap with a queue inside': tapped((seen) => (s) => s.pipe(buffer(1)).to(intoList(seen))),
  'a tap with two queues inside': tapped((seen) => (s) => s.pipe(buffer(1), buffer(2)).to(intoList(seen))),
  'a tap with a side of its own': tapped((seen) => (s) => s.pipe(alsoTo(drain())).to(intoList(seen))),
  'a tap with branches inside': tapped((seen) => (s) => s.pipe(broadcast([(a) => a.pipe(buffer(1)), (b: Source<number>) => b.to(drain())])).to(intoList(seen))),
  'a tap of a tap': tapped((seen) => (s) => s.pipe(wireTap(intoList(seen))).to(drain())),
  'two taps, the first one': (seen, scheduler) => range(0, COUNT).pipe(wireTap(intoList(seen)), wireTap(drain())).to(drain()).run({ scheduler }),
  'two taps, the second one': (seen, scheduler) => range(0, COUNT).pipe(wireTap(drain()), wireTap(intoList(seen))).to(drain()).run({ scheduler }),
  'a branch with a sink, where slow ones lose': (seen, scheduler) => range(0, COUNT)
    .pipe(broadcast([(s) => s.to(intoList(seen)), (s) => s.to(drain())], { slowBranch: 'drop' })).to(drain()).run({ scheduler }),
  'a branch that comes out again, where slow ones lose': (seen, scheduler) => range(0, COUNT)
    .pipe(broadcast([(s) => s, (s) => s.to(drain())], { slowBranch: 'drop' })).to(intoList(seen)).run({ scheduler }),
  'a queue that drops its oldest': (seen, scheduler) => oneAfterAnother.pipe(buffer(1, { overflow: 'drop-oldest' })).to(intoList(seen)).run({ scheduler }),
  'a queue that drops the newest': (seen, scheduler) => oneAfterAnother.pipe(buffer(1, { overflow: 'drop-newest' })).to(intoList(seen)).run({ scheduler }),
}

describe('R73: a free consumer loses nothing', () => {
  it.each(Object.entries(scenarios))('%s: where the task that was woken last runs first', async (_name, run) => {
    for (const batch of [1, 3, 64]) {
      const seen: number[] = []
      await run(seen, passingOver(batch))
      expect(seen).toEqual(all)
    }
  })

  it.each(Object.entries(scenarios))('%s: where every slice is used up by one value', async (_name, run) => {
    const seen: number[] = []
    await run(seen, new SpentScheduler())
    expect(seen).toEqual(all)
  })

  it.each(Object.entries(scenarios))('%s: under 100 interleavings', async (_name, run) => {
    await explore(100, async ({ scheduler }) => {
      const seen: number[] = []
      await run(seen, scheduler)
      expect(seen).toEqual(all)
    })
  })
})
