import { expect, it } from 'vitest'
import { drain, OptionError } from '@sluice/core'
import { manualSource, VirtualClock } from '@sluice/testing'
import { seen } from '../../test/timeline'
import { underLaw } from '../../test/under-law'
import { throttleFirst } from './throttle-first'

underLaw('throttleFirst', {
  // It reads on, whether its consumer does or not.
  20: { make: () => throttleFirst(20), reference: (values) => values.slice(0, 1), timed: true, ahead: 10_000 },
})

it('hands on a value at once and drops what comes in the window after it', async () => {
  expect(await seen([[0, 1], [19, 2], [20, 3], [45, 4]], 100, throttleFirst(20))).toEqual([[0, 1], [20, 3], [45, 4]])
})

it('holds no timer', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<number>()
  const run = probe.source.pipe(throttleFirst(20)).to(drain()).run({ clock })
  probe.emit(1, 2, 3)
  await clock.advance(1)
  expect(clock.pendingTimers).toBe(0)
  await run.stop()
})

it('O13: refuses a time that is none', () => {
  expect(() => throttleFirst(-1)).toThrow(OptionError)
  expect(() => throttleFirst('1s' as never)).toThrow('throttleFirst: windowMs must be a finite number of at least 0, got "1s"')
})
