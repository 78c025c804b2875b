import { expect, it } from 'vitest'
import { OptionError, range, toArray } from '@sluice/core'
import { explore, manualSink, manualSource, ruleBreakingSource, settle, VirtualClock } from '../index'

it('a manual sink takes what was requested, and says where something else came', async () => {
  const probe = manualSink<number>()
  const run = range(1).to(probe.sink).run()
  probe.request(2)
  await probe.expectNext(1, 2)
  await probe.expectNoEvent()
  probe.request(1)
  await expect(probe.expectNext(9)).rejects.toThrow('the next values: expected [9], saw [3]')
  probe.request(1)
  await expect(probe.expectNoEvent()).rejects.toThrow('expected nothing, saw')
  const reason = new Error('enough')
  await run.abort(reason)
  await probe.expectError(reason)
  await expect(probe.expectEnd()).rejects.toThrow('expected the end, saw')
})

it('a manual source shows who waits, what was taken and how it was closed', async () => {
  const probe = manualSource<number>()
  const run = probe.source.to(toArray()).run()
  await settle(1)
  expect([probe.demand > 0, probe.delivered, probe.openCount, probe.closed]).toEqual([true, 0, 1, undefined])
  probe.emit(1, 2)
  probe.end()
  expect(await run).toEqual([1, 2])
  expect([probe.delivered, probe.closeCount, probe.closed]).toEqual([2, 1, { status: 'completed' }])
})

it('a virtual clock fires in the order of times, and covers promises in between', async () => {
  const clock = new VirtualClock()
  const log: string[] = []
  const work = async (name: string, ms: number): Promise<void> => {
    await clock.sleep(ms)
    await Promise.resolve()
    log.push(`${name} at ${clock.now()}`)
    await clock.sleep(ms)
    log.push(`${name} at ${clock.now()}`)
  }
  const works = [work('slow', 20), work('fast', 10)]
  await clock.advance(19)
  expect(log).toEqual(['fast at 10'])
  await clock.advance(21)
  await Promise.all(works)
  expect(log).toEqual(['fast at 10', 'slow at 20', 'fast at 20', 'slow at 40'])
  expect([clock.now(), clock.pendingTimers]).toEqual([40, 0])
})

it('explore names the seed under which a scenario fails, and fails again under it', async () => {
  const seen: number[] = []
  const scenario = async ({ seed, random }: { readonly seed: number; readonly random: () => number }): Promise<void> => {
    await Promise.resolve()
    if (seed === 3) {
      seen.push(random())
      throw new Error('wrong')
    }
  }
  await expect(explore(5, scenario)).rejects.toThrow('failed under seed 3: wrong')
  await expect(explore(5, scenario)).rejects.toThrow('failed under seed 3: wrong')
  expect(seen[0]).toBe(seen[1])
})

it.each<[string, () => unknown]>([
  ['explore: seeds must be a whole number of at least 1, got 0', () => explore(0, async () => {})],
  ['VirtualClock.advance: ms must be a finite number of at least 0, got NaN', () => new VirtualClock().advance(Number.NaN)],
  ['ruleBreakingSource: violation must be one of', () => ruleBreakingSource('more' as never)],
  ['manualSink.request: count must be a whole number of at least 0, got -1', () => { manualSink().request(-1) }],
])('"%s" is said instead of a test that tests nothing', async (message, use) => {
  const thrown = await (async () => use())().catch((error: unknown) => error)
  expect(thrown).toBeInstanceOf(OptionError)
  expect((thrown as Error).message).toContain(message)
})
