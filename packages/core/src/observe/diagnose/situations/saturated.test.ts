import { describe, expect, it } from 'vitest'
import { buffer, map, mapAsync, mapAsyncUnordered } from '@sluice/operators'
import { VirtualClock } from '@sluice/testing'
import { drain, forEach, Limit, range, type Run, type RunOptions, type Source } from '../../../index'
import { SliceScheduler } from '../../../engine/slice-scheduler'
import { brief, inFull, saidInTime } from '../../../../test/stage-kit'

const endless = (): Source<number> => range(0)
const call = (clock: VirtualClock, ms: number) => async <T>(value: T): Promise<T> => { await clock.sleep(ms); return value }
/** A service that serves `slots` at once, and lets the others wait. */
function service(clock: VirtualClock, slots: number, ms: number) {
  const limit = new Limit({ concurrency: slots, clock })
  return <T>(value: T): Promise<T> => limit.run(() => call(clock, ms)(value))
}
/** The same, and no two calls take as long. */
function uneven(clock: VirtualClock, slots: number, ms: number) {
  const limit = new Limit({ concurrency: slots, clock })
  let n = 0
  return <T>(value: T): Promise<T> => limit.run(() => call(clock, ms * (0.7 + ((n++ * 0.618) % 1) * 0.6))(value))
}

const SATURATED: Record<string, readonly [(clock: VirtualClock, options: RunOptions) => Run<unknown>, string, number]> = {
  'sixteen calls of a service with six places': [(c, o) => endless().pipe(mapAsync(service(c, 6, 30), { concurrency: 16, name: 'api' })).to(drain()).run(o), 'outside-saturated @ api (outside)', 6],
  'the same behind a fused chain and a buffer': [(c, o) => endless().pipe(map((n: number) => n + 1), buffer(32), mapAsyncUnordered(service(c, 6, 30), { concurrency: 16, name: 'api' }), mapAsync(call(c, 1), { concurrency: 4 })).to(drain()).run(o), 'outside-saturated @ api (outside)', 6],
  'writes of a table with two': [(c, o) => endless().pipe(mapAsync(call(c, 1), { concurrency: 4 })).to(forEach(service(c, 2, 40), { concurrency: 8, name: 'table' })).run(o), 'outside-saturated @ table (outside)', 2],
  'concurrency that adapts': [(c, o) => endless().pipe(mapAsync(service(c, 6, 30), { concurrency: { min: 1, max: 32, targetMs: 60 }, name: 'api' })).to(drain()).run(o), 'outside-saturated @ api (outside)', 6],
}

const NOT: Record<string, readonly [(clock: VirtualClock, options: RunOptions) => Run<unknown>, string]> = {
  'a service with places for all': [(c, o) => endless().pipe(mapAsync(service(c, 64, 30), { concurrency: 16, name: 'api' })).to(drain()).run(o), 'calls-full @ api (outside)'],
  'a service with places for all, whose calls differ': [(c, o) => endless().pipe(mapAsyncUnordered(uneven(c, 64, 30), { concurrency: 16, name: 'api' })).to(drain()).run(o), 'calls-full @ api (outside)'],
  'writes that take longer by and by': [(c, o) => { let ms = 10; return endless().to(forEach(() => c.sleep((ms += 0.02)), { concurrency: 4, name: 'table' })).run(o) }, 'sink-bound @ table (outside)'],
}

describe('what is called serves no more at once', () => {
  it.each(Object.entries(SATURATED))('X30: %s', async (_name, [script, expected, suggested]) => {
    const clock = new VirtualClock()
    const said = await saidInTime(clock, script(clock, { clock, scheduler: new SliceScheduler(clock) }))
    expect(brief(said), inFull(said)).toBe(expected)
    expect(said.figures['suggested'], said.message).toBe(suggested)
  })

  it.each(Object.entries(NOT))('X34: more calls do help with %s', async (_name, [script, expected]) => {
    const clock = new VirtualClock()
    const said = await saidInTime(clock, script(clock, { clock, scheduler: new SliceScheduler(clock) }))
    expect(brief(said), inFull(said)).toBe(expected)
  })
})
