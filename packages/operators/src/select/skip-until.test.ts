import { expect, it } from 'vitest'
import { interval, never, toArray } from '@sluice/core'
import { manualSource, VirtualClock } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { take } from './take'
import { skipUntil } from './skip-until'

underLaw('skipUntil', {
  'a signal that has aborted': { make: () => skipUntil(AbortSignal.abort()), reference: (values) => [...values] },
  'a source that is silent': { make: () => skipUntil(never()), reference: () => [] },
})

it('begins at the first value of a source; what was dropped is counted', async () => {
  const clock = new VirtualClock()
  const begin = manualSource()
  const run = interval(10).pipe(skipUntil(begin.source), take(2)).to(toArray()).run({ clock })
  await clock.advance(35)
  begin.emit('now')
  await clock.advance(20)
  expect(await run).toEqual([3, 4])
  expect(run.stats().stages.find(({ name }) => name === 'skipUntil')?.dropped).toBe(3)
})

it('O13: refuses a notifier that cannot speak', () => {
  expect(() => skipUntil(5 as never)).toThrow('skipUntil: notifier must be an iterable')
})
