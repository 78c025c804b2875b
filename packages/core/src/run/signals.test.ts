import process from 'node:process'
import { expect, it } from 'vitest'
import { settle, VirtualClock } from '@sluice/testing'
import { drain, forEach, from, never, range, retry } from '../index'

/** What Node warns of while `work` runs: it takes the eleventh listener of a signal for a leak. */
async function warnings(work: () => Promise<unknown>): Promise<string[]> {
  const heard: string[] = []
  const listen = (warning: Error): void => { heard.push(warning.name) }
  process.on('warning', listen)
  await work()
  await settle(2)
  process.off('warning', listen)
  return heard
}

it('R14: thirty runs on one signal are no leak, and leave nothing on it', async () => {
  const stop = new AbortController()
  expect(await warnings(async () => {
    const runs = Array.from({ length: 30 }, () => never().to(drain()).run({ signal: stop.signal }))
    const settled = Promise.allSettled(runs)
    await settle(2)
    stop.abort(new Error('enough'))
    for (const outcome of await settled) expect(outcome).toMatchObject({ status: 'rejected', reason: stop.signal.reason as unknown })
  })).toEqual([])
})

it('R14: thirty calls that heed the signal of their run, and thirty that wait for a retry, are no leak', async () => {
  expect(await warnings(async () => {
    const heed = (_: number, { signal }: { signal: AbortSignal }): Promise<void> =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => { resolve() })
        void settle(3).then(resolve)
      })
    await range(0, 60).to(forEach(heed, { concurrency: 30 })).run()
    const clock = new VirtualClock()
    const fail = (): never => { throw new Error('once') }
    await clock.runOut(range(0, 60).to(forEach(fail, { concurrency: 30, onError: retry({ times: 1, delayMs: 5, then: 'skip' }) })).run({ clock }))
  })).toEqual([])
})

it('O13: options of a run that cannot work are refused by name', () => {
  const pipeline = from([1]).to(drain())
  expect(() => pipeline.run({ signal: 5 as never })).toThrow('run: signal must be an AbortSignal, got 5')
  expect(() => pipeline.run(5 as never)).toThrow('run: options must be an object, got 5')
})
