import { expect, it } from 'vitest'
import { settle, VirtualClock } from '@sluice/testing'
import { drain, using, type Run } from '../index'
import { PENDING, source } from '../authoring'

const BOOM = new Error('boom')

/** Lingers and is cleaned up for so many ms. */
function slow(clock: VirtualClock, lingerMs: number, cleanupMs: number): Run<void> {
  return source<number>('slow', (stage) => {
    stage.linger(clock.sleep(lingerMs))
    return { pull: () => PENDING, close: () => clock.sleep(cleanupMs) }
  }).to(drain()).run({ clock })
}

it.each([
  ['is not named where it has stopped before the cleanups have', 1500, 2000, 2000, []],
  ['is named where it has not, and not waited for longer', 5000, 2000, 2000, ['slow']],
  ['is given a second where there is no other cleanup', 5000, 0, 1000, ['slow']],
] as const)('R11: work that ignores its end %s', async (_what, lingerMs, cleanupMs, ends, unstopped) => {
  const clock = new VirtualClock()
  const run = slow(clock, lingerMs, cleanupMs)
  await settle()
  const aborted = run.abort(BOOM)
  await clock.advance(ends - 1)
  expect(run.status).toBe('running')
  await clock.advance(1)
  await aborted
  expect([run.status, run.unstopped]).toEqual(['aborted', unstopped])
  await clock.advance(5000)
  expect([run.unstopped, clock.pendingTimers]).toEqual([unstopped, 0])
})

it('R7: the same error of two cleanups is one error', async () => {
  const fail = (): never => { throw BOOM }
  const run = using(() => 1, () => using(() => 2, () => [3], fail), fail).to(drain()).run()
  await expect(Promise.resolve(run)).rejects.toBe(BOOM)
})
