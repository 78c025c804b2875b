import { expect, it } from 'vitest'
import { settle, trackedSource } from '@sluice/testing'
import { asyncOperator, drive, drain, from, PENDING, sink, type Drive, type Intake, type Source } from '../index'

const BOOM = new Error('boom')

it.each([
  ['at once', (fail: () => void): void => { fail() }],
  ['while that is under way', async (fail: () => void): Promise<void> => { await settle(1); fail(); await settle(1) }],
])('R8: a sink that fails from a callback when it ends fails the run: %s', async (_when, end) => {
  const run = from([1]).to(sink('ending', (stage) => ({ write() {}, end: () => end(() => { stage.fail(BOOM) }) }))).run()
  await expect(Promise.resolve(run)).rejects.toBe(BOOM)
  expect(run.failure?.stage).toBe('ending')
})

it('T2: what a driven pipeline has still written when it was ended by a failure elsewhere is acknowledged', async () => {
  const tracked = trackedSource([1])
  let written: () => void = () => {}
  const slow = sink<number, void>('slow', (): Intake<number, void> => ({
    write: () => new Promise<void>((resolve) => { written = resolve }),
    end() {},
  }))
  let side: Drive | undefined
  const driving = asyncOperator<number, never>('driving', (upstream, stage) => {
    side = drive(stage, (upstream as Source<number>).to(slow), () => {})
    side.start()
    return { pull: () => PENDING }
  })
  const run = tracked.source.pipe(driving).to(drain()).run()
  await settle()
  side?.end({ status: 'failed', error: BOOM })
  written()
  await settle()
  expect(tracked.statuses).toEqual(['ack'])
  await run.abort(BOOM)
  expect(tracked.settlements).toEqual([1])
})
