import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { from, interval, range, toArray, type Operator } from '@sluice/core'
import { VirtualClock } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { map } from '../transform/map'
import { mapAsync } from '../async/map-async'
import { take } from '../select/take'
import { Circuit, CircuitOpenError, type CircuitState } from './circuit'
import { circuitBreaker } from './circuit-breaker'

underLaw('circuitBreaker', {
  'a map': { make: () => circuitBreaker(map((value) => [value]), { circuit: { failures: 1, resetMs: 10 } }), reference: (values) => values.map((value) => [value]) },
})

describe('circuitBreaker', () => {
  it('opens after failures in a row, refuses, probes and closes again', async () => {
    const clock = new VirtualClock()
    const states: CircuitState[] = []
    const tried: number[] = []
    const call = map((n: number) => {
      tried.push(n)
      if (n >= 2 && n < 6) throw new Error('down')
      return n
    })
    const run = interval(10).pipe(
      take(12),
      circuitBreaker(call, { circuit: { failures: 2, resetMs: 25, onChange: (state) => states.push(state) }, onError: 'skip' }),
    ).to(toArray()).run({ clock })
    expect(await clock.runOut(run)).toEqual([0, 1, 6, 7, 8, 9, 10, 11])
    expect(tried).toEqual([0, 1, 2, 3, 6, 7, 8, 9, 10, 11])
    expect(states).toEqual(['open', 'half-open', 'closed'])
  })

  it('refuses with an error that names the circuit', async () => {
    const call = map((n: number) => { if (n === 1) throw new Error('down'); return n })
    const seen: unknown[] = []
    const guarded = circuitBreaker(call, {
      circuit: { failures: 1, resetMs: 60_000, name: 'billing' },
      onError: (error) => { seen.push(error); return 'skip' },
    })
    expect(await from([1, 2]).pipe(guarded).to(toArray()).run()).toEqual([])
    expect(seen[1]).toBeInstanceOf(CircuitOpenError)
    expect((seen[1] as Error).message).toBe('billing: open, not tried')
  })

  it('holds the source back while it is open, with one timer', async () => {
    const clock = new VirtualClock()
    let tries = 0
    const call = map((n: number) => { if (++tries === 1) throw new Error('down'); return n })
    const run = from([1, 2, 3]).pipe(circuitBreaker(call, { circuit: { failures: 1, resetMs: 1000 }, whenOpen: 'wait', onError: 'skip' })).to(toArray()).run({ clock })
    await clock.advance(999)
    expect([tries, clock.pendingTimers]).toEqual([1, 1])
    await clock.advance(1)
    expect(await run).toEqual([2, 3])
  })

  it('is shared by stages that need the same thing', async () => {
    const circuit = new Circuit({ failures: 1, resetMs: 60_000 })
    const down = map((): number => { throw new Error('down') })
    await from([1]).pipe(circuitBreaker(down, { circuit, onError: 'skip' })).to(toArray()).run()
    await expect(from([1]).pipe(circuitBreaker(map((n) => n), { circuit })).to(toArray()).run()).rejects.toBeInstanceOf(CircuitOpenError)
  })

  it('runs as many items at once as it may while it is closed, and one probe while it is half-open', async () => {
    const clock = new VirtualClock()
    const running = { now: 0, most: 0, probes: 0, failed: 0 }
    const states: CircuitState[] = []
    let isDown = false
    const circuit = new Circuit({ failures: 3, resetMs: 1000, onChange: (state) => states.push(state) })
    const call = mapAsync(async (n: number) => {
      running.now++
      running.most = Math.max(running.most, running.now)
      if (circuit.state === 'half-open') running.probes = Math.max(running.probes, running.now)
      await clock.sleep(10)
      running.now--
      if (!isDown) return n
      running.failed++
      throw new Error('down')
    }, { concurrency: 8 })
    const run = range(0, 80).pipe(circuitBreaker(call, { circuit, whenOpen: 'wait', onError: 'skip', concurrency: 8 })).to(toArray()).run({ clock })
    await clock.advance(45)
    expect(running).toEqual({ now: 8, most: 8, probes: 0, failed: 0 })
    isDown = true
    await clock.advance(15)
    expect([states, running.now]).toEqual([['open'], 0])
    isDown = false
    const result = await clock.runOut(run)
    expect([states, running.most, running.probes]).toEqual([['open', 'half-open', 'closed'], 8, 1])
    expect(result.length + running.failed).toBe(80)
  })

  it('works on one item after the other where nothing else is said', async () => {
    const clock = new VirtualClock()
    const call: Operator<number, number> = (source) => source.pipe(mapAsync(async (n: number) => { await clock.sleep(10); return n }, { concurrency: 1 }))
    const timeOf = async (concurrency?: number): Promise<number> => {
      const started = clock.now()
      await clock.runOut(range(0, 8).pipe(circuitBreaker(call, { circuit: { failures: 1, resetMs: 1 }, concurrency })).to(toArray()).run({ clock }))
      return clock.now() - started
    }
    expect([await timeOf(), await timeOf(4), await timeOf(8)]).toEqual([80, 20, 10])
  })

  it('an item that had passed while it was closed is no probe, however late it comes back', async () => {
    const clock = new VirtualClock()
    const states: CircuitState[] = []
    const call = mapAsync(async (n: number) => {
      await clock.sleep(n === 0 ? 150 : 10)
      if (n === 1 || n === 0) throw new Error('down')
      if (n === 2) await clock.sleep(200)
      return n
    }, { concurrency: 2 })
    const run = range(0, 4).pipe(circuitBreaker(call, { circuit: { failures: 1, resetMs: 100, onChange: (state) => states.push(state) }, whenOpen: 'wait', onError: 'skip', concurrency: 2 })).to(toArray()).run({ clock })
    // 1 opens it at 10; 2 is the probe from 110 on; 0 fails at 150, while the probe is out, and does not open it again.
    expect(await clock.runOut(run)).toEqual([2, 3])
    expect(states).toEqual(['open', 'half-open', 'closed'])
  })

  it('model: never lets more than `probes` in while half-open, whatever happens', () => {
    fc.assert(fc.property(fc.array(fc.record({ after: fc.nat(30), succeed: fc.constantFrom(true, false, undefined) }), { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), (steps, probes) => {
      const circuit = new Circuit({ failures: 2, resetMs: 20, probes })
      let now = 0
      let out: boolean[] = []
      for (const { after, succeed } of steps) {
        now += after
        const before = circuit.state
        if (circuit.enter(now) === 0) {
          if (before === 'open') out = []
          out.push(circuit.state === 'half-open')
        }
        expect(out.filter(Boolean).length).toBeLessThanOrEqual(probes)
        if (after % 2 === 0 && out.length > 0) {
          out.pop()
          circuit.leave(succeed, now)
          if (circuit.state !== 'half-open') out = []
        }
      }
    }), { numRuns: 300 })
  })

  it('O13: refuses options that cannot work', () => {
    expect(() => circuitBreaker(map((n) => n), undefined as never)).toThrow('circuitBreaker: failures must be a whole number of at least 1, got undefined')
    expect(() => circuitBreaker(map((n) => n), { circuit: { failures: 1, resetMs: -1 } })).toThrow('circuitBreaker: resetMs must be')
    expect(() => circuitBreaker(map((n) => n), { circuit: { failures: 1, resetMs: 1 }, concurrency: 0 })).toThrow('circuitBreaker: concurrency must be a whole number of at least 1, got 0')
    expect(() => circuitBreaker(map((n) => n), { circuit: { failures: 1, resetMs: 1 }, whenOpen: 'drop' as never })).toThrow("circuitBreaker: whenOpen must be one of 'fail', 'wait'")
  })
})
