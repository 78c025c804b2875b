import { expect, it } from 'vitest'
import { settle, trackedSource } from '@sluice/testing'
import { drain, from, type Source } from '../index'
import {
  asyncOperator, DONE, drive, issueTicket, PENDING, sink, SliceScheduler, source, type Drive, type Intake, type Ticket,
} from '../authoring'

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

/** Asks for four values at a time. */
class ByFours extends SliceScheduler {
  override get batch(): number {
    return 4
  }
}

it('T6: a write that fails gives back the tickets of its own batch, and none that stand beyond the count', async () => {
  const settled: string[] = []
  const sharing = source<number>('sharing', (stage) => {
    // One value of upstream in two parts: its second share is still on its way when the write fails.
    const shared = issueTicket(stage, (status) => settled.push(`shared ${status}`))
    shared.split(1)
    const own = issueTicket(stage, (status) => settled.push(`own ${status}`))
    const tickets: (Ticket | undefined)[] = []
    let pulls = 0
    return {
      tickets,
      pull(into) {
        into[0] = into[1] = ++pulls
        tickets[0] = pulls === 1 ? undefined : own
        // The first pull answers both; the second only the one before it.
        tickets[1] = shared
        return pulls === 1 ? 2 : 1
      },
      close: () => { settled.push('closed') },
    }
  })
  let writes = 0
  const run = sharing.to(sink('failing', () => ({ write() { if (++writes === 2) throw BOOM }, end() {} }))).run({ scheduler: new ByFours() })
  await expect(Promise.resolve(run)).rejects.toBe(BOOM)
  expect(settled).toEqual(['own nack', 'closed', 'shared nack'])
})

it.each([Number.NaN, 0.5, -2, '3'])('R20: a sink whose demand is %s fails the run, and is named', async (demand) => {
  const greedy = sink<number, void>('greedy', () => ({ demand: () => demand as number, write() {}, end() {} }))
  const run = from([1]).to(greedy).run()
  await expect(Promise.resolve(run)).rejects.toThrow('greedy: demand() must answer a whole number of at least 0, Infinity or PENDING, got')
  expect(run.failure?.stage).toBe('greedy')
})
