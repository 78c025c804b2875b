import { expect, it } from 'vitest'
import { forEach, from, type Operator } from '@sluice/core'
import { SliceScheduler } from '@sluice/core/authoring'
import { VirtualClock } from '@sluice/testing'
import {
  auditTime, batch, buffer, debounce, delay, distinct, groupBy, map, mapAsync, measure, mergeMap, rateLimit, sample, sessionWindow,
  throttle, throttleFirst, throttleLast, timeout, timestamp, windowTime,
} from '../index'

/**
 * Values every 10 ms; with the fifth the clock is set back. The run has just looked at it (`timestamp`): what passed since
 * its last look nobody could tell from the step.
 */
async function timeline(operator: Operator<number, unknown>, backMs: number) {
  const clock = new VirtualClock(1000.125)
  const started = clock.now()
  let back = 0
  const source = from((async function* () {
    for (let n = 0; n < 12; n++) {
      await clock.sleep(10)
      yield n
    }
  })()).pipe(timestamp(), map(({ value }) => {
    if (value === 4) {
      back = backMs
      clock.stepBack(backMs)
    }
    return value
  }))
  const outputs: [unknown, number][] = []
  const run = source.pipe(operator).to(forEach((value) => { outputs.push([value, clock.now() + back - started]) })).run({ clock, scheduler: new SliceScheduler(new VirtualClock()) })
  await clock.runOut(run)
  return { outputs, stats: run.stats() }
}

it.each<[string, () => Operator<number, unknown>]>([
  ['delay', () => delay(25)],
  ['debounce', () => debounce(5)],
  ['throttleFirst', () => throttleFirst(25)],
  ['throttleLast', () => throttleLast(25)],
  ['auditTime', () => auditTime(25)],
  ['sample', () => sample(25)],
  ['timeout', () => timeout({ idleMs: 50, totalMs: 500 })],
  ['throttle', () => throttle({ rate: { count: 1, perMs: 20 } })],
  ['rateLimit', () => rateLimit({ rate: { count: 1, perMs: 20 } })],
  ['batch', () => batch(5, { withinMs: 25 })],
  ['windowTime', () => windowTime(25, { maxCount: 100 })],
  ['windowTime, sliding', () => windowTime(30, { everyMs: 15, maxCount: 100 })],
  ['sessionWindow', () => sessionWindow(15, { maxCount: 4, maxMs: 200 })],
  ['distinct', () => distinct({ key: (n) => n % 2, ttlMs: 25, maxKeys: 10 })],
  ['groupBy', () => (values) => values.pipe(groupBy((n: number) => n % 2, { maxGroups: 2, idleMs: 25 }), mergeMap(({ source }) => source, { concurrency: 2 }))],
  ['buffer', () => buffer(2)],
  ['mapAsync', () => mapAsync(async (n) => n, { concurrency: 2, timeoutMs: 100 })],
  ['measure', () => measure(() => {}, { everyMs: 25 })],
])('R40: a clock that is set back by a minute changes nothing: %s', async (_name, make) => {
  const steady = await timeline(make(), 0)
  const { outputs, stats } = await timeline(make(), 60_000)
  expect(outputs.length).toBeGreaterThan(2)
  expect(outputs).toEqual(steady.outputs)
  const times = stats.stages.flatMap(({ id, time }) => Object.entries(time ?? {}).map(([state, ms]) => ({ id, state, ms: ms as number })))
  expect(times.filter(({ ms }) => !(ms >= 0))).toEqual([])
  // Where nobody looks between the step and the next value, what passes until then is lost in the step.
  const lostMs = steady.stats.elapsedMs - stats.elapsedMs
  expect([lostMs > -1e-6, lostMs < 10 + 1e-6]).toEqual([true, true])
})
