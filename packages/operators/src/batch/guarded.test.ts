import { expect, it } from 'vitest'
import { deadLetter, drain, forEach, type Operator } from '@sluice/core'
import { PENDING, source, type Stage } from '@sluice/core/authoring'
import { manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { mapAsyncUnordered } from '../async/map-async-unordered'
import { batch, batchWhileBusy, conflate, conflateWithSeed, expand, groupBy, sessionWindow, windowCount, windowEventTime, windowTime } from '../index'
import { collectGarbage } from '../../../../test/collect-garbage'

type Any = Operator<object, unknown>

/** Operators that have handed on all of five values when they rest. */
const emptied = (clock: VirtualClock): [string, Any][] => [
  ['batch', batch<object>(5, { maxWeight: 100, weigh: () => 1 })],
  ['windowTime', windowTime<object>(10, { maxCount: 9 })],
  ['sessionWindow', sessionWindow<object>(10, { maxCount: 9 })],
  ['conflate', conflate<object>((_, value) => value)],
  ['conflateWithSeed', conflateWithSeed<object, object[]>((value) => [value], (list, value) => [...list, value])],
  ['batchWhileBusy', batchWhileBusy<object>({ maxCount: 9 })],
  ['expand', expand<object, object>((value) => [value])],
  ['windowEventTime', windowEventTime<object>({ sizeMs: 10, time: () => 1, maxWindows: 1, maxCount: 5 })],
  ['windowCount', windowCount<object>(5)],
  ['groupBy', (values) => values.pipe(groupBy(() => 1, { maxGroups: 1 }), mapAsyncUnordered((group) => group.source.to(drain()).run({ clock }), { concurrency: 1 }))],
]

it.each(emptied(new VirtualClock()).map(([name], index) => [name, index] as const))('R24: %s that rests keeps nothing it has handed on', async (_, index) => {
  const clock = new VirtualClock()
  const refs: WeakRef<object>[] = []
  const values = source<object>('values', (stage: Stage) => {
    let given = 0
    return {
      pull(into) {
        if (given === 5) return PENDING
        if (given++ === 2) {
          // A wait in between, so that it has rested before.
          void settle(1).then(stage.wake)
        }
        into[0] = {}
        refs.push(new WeakRef(into[0]))
        return 1
      },
    }
  })
  const run = values.pipe(emptied(clock)[index]![1]).to(drain()).run({ clock })
  await clock.advance(1000)
  expect(refs.length).toBe(5)
  await settle(2)
  collectGarbage?.()
  await settle(2)
  collectGarbage?.()
  expect(refs.filter((ref) => ref.deref() !== undefined).length).toBe(0)
  await run.stop()
})

it('T3: what is written to a dead letter sink is acknowledged, and held up until it is', async () => {
  const clock = new VirtualClock()
  const letters: unknown[] = []
  const sink = forEach(async ({ item, stage }: { item: unknown; stage: string }) => { await clock.sleep(10); letters.push([stage, item]) })
  const tracked = trackedSource([1, 2, 3, 4])
  const seen: number[][] = []
  const weigh = (n: number): number => { if (n % 2 === 0) throw new Error('even'); return n }
  const run = tracked.source.pipe(batch(9, { maxWeight: 100, weigh, onError: deadLetter(sink) })).to(forEach((list) => { seen.push(list) })).run({ clock })
  await clock.advance(5)
  expect(tracked.issued).toBe(2)
  await clock.runOut(run)
  expect([seen, letters]).toEqual([[[1, 3]], [['batch', 2], ['batch', 4]]])
  expect(tracked.statuses).toEqual(['ack', 'ack', 'ack', 'ack'])
})

it('R34: a dead letter that cannot be written fails the run, after what was collected', async () => {
  const seen: number[][] = []
  const sink = forEach(() => { throw new Error('disk full') })
  const probe = manualSource<number>()
  const weigh = (n: number): number => { if (n === 2) throw new Error('two'); return n }
  const run = probe.source.pipe(batch(9, { maxWeight: 100, weigh, onError: deadLetter(sink) })).to(forEach((list) => { seen.push(list) })).run()
  probe.emit(1, 2, 3)
  await expect(run).rejects.toThrow('disk full')
  expect(seen).toEqual([[1]])
})
