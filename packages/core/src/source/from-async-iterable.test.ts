import { expect, it } from 'vitest'
import { mapAsync, take } from '@sluice/operators'
import { explore, settle } from '@sluice/testing'
import { count, forEach, from, toArray } from '../index'

/** A generator that has its values at hand, and tells how far it was read and whether it was closed. */
function counted(size = Infinity) {
  const state = { read: 0, closed: false }
  async function* generate(): AsyncGenerator<number> {
    try {
      while (state.read < size) yield state.read++
    } finally {
      state.closed = true
    }
  }
  return { state, values: generate() }
}

it.each([1, 15, 16, 17, 100, 1000])('S3: in a burst too, it reads exactly the %i values that are wanted', async (wanted) => {
  const { state, values } = counted()
  expect(await from(values).pipe(take(wanted)).to(toArray()).run()).toHaveLength(wanted)
  expect(state).toEqual({ read: wanted, closed: true })
})

it('S1: a burst loses and doubles nothing, whoever pulls', async () => {
  await explore(60, async ({ scheduler }) => {
    const { values } = counted(500)
    expect(await from(values).to(toArray()).run({ scheduler })).toEqual(Array.from({ length: 500 }, (_, i) => i))
  })
  const { values } = counted(500)
  expect(await from(values).pipe(mapAsync(async (n) => n, { concurrency: 3 })).to(count()).run()).toBe(500)
})

it('S4: what was read when the run is stopped is handed out', async () => {
  for (const after of [1, 2, 5]) {
    const { state, values } = counted()
    const seen: number[] = []
    const run = from(values).to(forEach((n) => { seen.push(n) })).run()
    await settle(after)
    const report = await run.stop()
    expect(report.status).toBe('completed')
    // The one `next()` that was under way may have come too late.
    expect(state.read - seen.length).toBeLessThanOrEqual(1)
    expect(seen).toEqual(seen.map((_, i) => i))
    expect(state.closed).toBe(true)
  }
})

it('S7: a generator that waits for its own consumer gets on', async () => {
  let dealtWith = 0
  let moved: (() => void) | undefined
  async function* lockstep(): AsyncGenerator<number> {
    for (let n = 0; n < 100; n++) {
      yield n
      // From the fortieth on, in the middle of a burst, it wants to see each value dealt with.
      while (n > 40 && dealtWith <= n - 1) await new Promise<void>((resolve) => { moved = resolve })
    }
  }
  await from(lockstep()).to(forEach(() => { dealtWith++; moved?.() })).run()
  expect(dealtWith).toBe(100)
})

it('S5: a failure in a burst comes after the values before it, once', async () => {
  const boom = new Error('boom')
  async function* failing(): AsyncGenerator<number> {
    for (let n = 0; n < 77; n++) yield n
    throw boom
  }
  const seen: number[] = []
  await expect(from(failing()).to(forEach((n) => { seen.push(n) })).run()).rejects.toBe(boom)
  expect(seen).toHaveLength(77)
})

it('S8: an iterator that is not well behaved fails the run, and is not asked again', async () => {
  let calls = 0
  const hostile = (result: unknown): AsyncIterable<number> => ({
    [Symbol.asyncIterator]: () => ({ next: () => { calls++; return result as Promise<IteratorResult<number>> } }),
  })
  await expect(from(hostile({ get done() { throw new Error('getter') } })).to(count()).run()).rejects.toThrow('getter')
  await expect(from(hostile(Promise.reject(new Error('rejected')))).to(count()).run()).rejects.toThrow('rejected')
  await expect(from({ [Symbol.asyncIterator]: () => ({ next() { throw new Error('thrown') } }) }).to(count()).run()).rejects.toThrow('thrown')
  await expect(from(hostile(undefined)).to(count()).run()).rejects.toThrow(TypeError)
  expect(calls).toBe(3)
})
