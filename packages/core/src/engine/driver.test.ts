import { expect, it } from 'vitest'
import { settle, trackedSource } from '@sluice/testing'
import { asyncOperator, DONE, drive, drain, from, issueTicket, PENDING, sink, source, type Drive, type Intake, type Source } from '../index'

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

it('R8: what a ticket is told may throw: after a write that took time it fails the run', async () => {
  const acked = source<number>('acked', (stage) => {
    const tickets = [issueTicket(stage, () => { throw BOOM })]
    let left = 1
    return { tickets, pull: (into) => (left-- > 0 ? ((into[0] = 1), 1) : DONE) }
  })
  const run = acked.to(sink('slow', () => ({ write: () => settle(1), end() {} }))).run()
  await expect(Promise.resolve(run)).rejects.toBe(BOOM)
})
