import { expect, it } from 'vitest'
import { interval, never, range, toArray } from '@sluice/core'
import { manualSource, settle, VirtualClock } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { takeUntil } from './take-until'
import { listenerCount } from '../../../../test/listener-count'

const { signal } = new AbortController()

underLaw('takeUntil', {
  'a source that is silent': { make: () => takeUntil(never()), reference: (values) => [...values] },
  'a source that ends without a word': { make: () => takeUntil([]), reference: (values) => [...values] },
  'a signal': { make: () => takeUntil(signal), reference: (values) => [...values] },
})

it('ends at the first value of a source, and closes it', async () => {
  const clock = new VirtualClock()
  const stop = manualSource()
  const run = interval(10).pipe(takeUntil(stop.source)).to(toArray()).run({ clock })
  await clock.advance(35)
  stop.emit('now')
  await clock.advance(10)
  expect(await run).toEqual([0, 1, 2])
  expect(stop.closeCount).toBe(1)
})

it('ends when a signal aborts, and leaves no listener behind', async () => {
  const controller = new AbortController()
  const run = never().pipe(takeUntil(controller.signal)).to(toArray()).run()
  await settle(2)
  controller.abort()
  expect(await run).toEqual([])
  await range(0, 3).pipe(takeUntil(signal)).to(toArray()).run()
  expect(listenerCount(signal, 'abort')).toBe(0)
})

it('ends at once when the signal has aborted before', async () => {
  expect(await range(0).pipe(takeUntil(AbortSignal.abort())).to(toArray()).run()).toEqual([])
})

it('ends when a promise resolves', async () => {
  expect(await never().pipe(takeUntil(Promise.resolve())).to(toArray()).run()).toEqual([])
})

it('fails when the notifier fails', async () => {
  const error = new Error('notifier')
  const run = never().pipe(takeUntil(Promise.reject(error))).to(toArray()).run()
  await expect(run).rejects.toBe(error)
  expect(run.failure?.stage).toBe('takeUntil')
  const stop = manualSource()
  const other = never().pipe(takeUntil(stop.source)).to(toArray()).run()
  await settle(2)
  stop.fail(error)
  await expect(other).rejects.toBe(error)
})

it('O13: refuses a notifier that cannot speak', () => {
  expect(() => takeUntil(5 as never)).toThrow('takeUntil: notifier must be an iterable')
})
