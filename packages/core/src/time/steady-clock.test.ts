import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { Limit, steadyClock, type Clock } from '../index'
import { systemClock } from '../authoring'
import { RunClock } from '../engine/run-clock'

/** A clock that a test sets, with timers it fires by hand. */
function byHand(): { at: number; readonly timers: Set<() => void>; readonly clock: Clock } {
  const timers = new Set<() => void>()
  const hand = {
    at: 0,
    timers,
    clock: {
      now: () => hand.at,
      after: (_ms: number, callback: () => void) => {
        timers.add(callback)
        return () => { timers.delete(callback) }
      },
    },
  }
  return hand
}

it('R40: a step back of the clock counts as 0, and time goes on from there', () => {
  const hand = byHand()
  const clock = steadyClock(hand.clock)
  const seen = [100, 110, 50, 60, 60, 10, 15.5].map((at) => ((hand.at = at), clock.now()))
  expect(seen).toEqual([100, 110, 110, 120, 120, 120, 125.5])
})

it('R40: whatever the clock does, its view never goes back, and goes on by as much as the clock does', () => {
  fc.assert(fc.property(fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true })), (steps) => {
    const hand = byHand()
    const clock = steadyClock(hand.clock)
    let before = clock.now()
    for (const step of steps) {
      hand.at += step
      const now = clock.now()
      expect(now).toBeGreaterThanOrEqual(before)
      expect(now - before).toBeCloseTo(Math.max(0, step), 4)
      before = now
    }
  }))
})

it('R40: the times of a clock that never steps back are handed on as they are; what is no time is none', () => {
  const hand = byHand()
  const clock = steadyClock(hand.clock)
  for (const at of [0.1, 0.1 + 0.2, 222.13077661916225, 1e15 + 0.5]) {
    hand.at = at
    expect(clock.now()).toBe(at)
  }
  hand.at = Number.NaN
  expect(clock.now()).toBe(1e15 + 0.5)
})

it('R40: a timer that has fired has seen its time pass, also by a clock that stands still', () => {
  const hand = byHand()
  const clock = steadyClock(hand.clock)
  let fired = 0
  clock.after(5, () => { fired = clock.now() })
  for (const fire of hand.timers) fire()
  expect(fired).toBe(5)
})

it('R40: everything that tells time by one clock agrees; the platform\'s needs no view', () => {
  const hand = byHand()
  expect(steadyClock(hand.clock)).toBe(steadyClock(hand.clock))
  expect(steadyClock(systemClock)).toBe(systemClock)
})

it('Q61: a Limit whose clock is set back gives its tokens in their time', async () => {
  const hand = byHand()
  const limit = new Limit({ rate: { count: 1, perMs: 10 }, clock: hand.clock })
  const first = limit.tryAcquire()
  expect([first === undefined, limit.tryAcquire()]).toEqual([false, undefined])
  hand.at = -60_000
  expect(limit.tryAcquire()).toBeUndefined()
  hand.at += 10
  expect(limit.tryAcquire()).toBeDefined()
})

it('R41: the clock of a run knows how many timers are out', () => {
  const hand = byHand()
  const clock = new RunClock(hand.clock)
  const calls: string[] = []
  const cancel = clock.after(1, () => calls.push('one'))
  clock.after(2, () => calls.push(`two, ${clock.pendingTimers} left`))
  expect(clock.pendingTimers).toBe(2)
  cancel()
  cancel()
  expect(clock.pendingTimers).toBe(1)
  for (const fire of hand.timers) fire()
  expect([calls, clock.pendingTimers]).toEqual([['two, 0 left'], 0])
})

it('R41: a timer of more days than the platform can count fires when its time has come, not at once', () => {
  // The platform's timers by hand: the longest delay that they can count is 2^31 - 1 ms.
  const timers = new Map<number, { readonly at: number; readonly callback: () => void }>()
  const host = globalThis as { setTimeout: unknown; clearTimeout: unknown }
  const { setTimeout: set, clearTimeout: clear } = host
  let now = 0
  let ids = 0
  host.setTimeout = (callback: () => void, delayMs: number): number => {
    timers.set(++ids, { at: now + (delayMs > 0x7fffffff ? 1 : delayMs), callback })
    return ids
  }
  host.clearTimeout = (id: number): void => { timers.delete(id) }
  const advance = (ms: number): void => {
    const until = now + ms
    for (;;) {
      const [next] = [...timers].filter(([, { at }]) => at <= until).sort(([, a], [, b]) => a.at - b.at)
      if (next === undefined) break
      timers.delete(next[0])
      now = next[1].at
      next[1].callback()
    }
    now = until
  }
  try {
    const day = 24 * 60 * 60 * 1000
    let fired = 0
    systemClock.after(60 * day, () => { fired++ })
    const cancel = systemClock.after(60 * day, () => { fired += 10 })
    advance(59 * day)
    expect(fired).toBe(0)
    cancel()
    advance(day)
    expect([fired, timers.size]).toEqual([1, 0])
  } finally {
    host.setTimeout = set
    host.clearTimeout = clear
  }
})
