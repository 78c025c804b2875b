import { describe, expect, it } from 'vitest'
import { VirtualClock } from '@sluice/testing'
import { count, interval } from '../index'
import { platformStats } from './platform'

const isNode = typeof (globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } }).process?.versions?.node === 'string'

describe('F4: what the platform tells of the process', () => {
  it.runIf(isNode)('Node tells how busy the event loop was since the run began, its CPU time and its heap', async () => {
    const run = interval(1).to(count()).run()
    await new Promise((resolve) => { setTimeout(resolve, 60) })
    const idle = run.stats().process
    const until = performance.now() + 120
    while (performance.now() < until);
    await new Promise((resolve) => { setTimeout(resolve, 1) })
    const busy = run.stats().process
    run.abort('enough')
    await run.catch(() => undefined)
    expect(idle.loopUtilization).toBeGreaterThanOrEqual(0)
    expect(busy.loopUtilization).toBeGreaterThan(idle.loopUtilization as number)
    expect(busy.loopUtilization).toBeLessThanOrEqual(1)
    expect(busy.cpuMs).toBeGreaterThan(idle.cpuMs as number)
    expect(busy.heapUsedBytes).toBeGreaterThan(1e5)
    expect(busy.heapLimitBytes).toBeGreaterThan(busy.heapUsedBytes as number)
  })

  it('what the platform does not tell is null', () => {
    expect(platformStats(undefined).loopUtilization).toBeNull()
    for (const figure of Object.values(platformStats({ active: 0, idle: 0 }))) expect(figure === null || Number.isFinite(figure)).toBe(true)
  })

  it('a run on a clock of its own tells nothing of the process, so that its figures are the same each time', async () => {
    const clock = new VirtualClock()
    const run = interval(1).to(count()).run({ clock })
    await clock.advance(10)
    expect(run.stats()).toEqual(run.stats())
    expect(run.stats().process.cpuMs).toBeNull()
    run.abort('enough')
    await run.catch(() => undefined)
  })

  it('of a run that has ended these figures stand still', async () => {
    const run = interval(1).to(count()).run()
    run.abort('enough')
    await run.catch(() => undefined)
    const { process } = run.stats()
    await new Promise((resolve) => { setTimeout(resolve, 5) })
    expect(run.stats().process).toEqual(process)
  })
})
