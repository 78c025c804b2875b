import { expect, it } from 'vitest'
import { seen } from '../../test/timeline'
import { underLaw } from '../../test/under-law'
import { timestamp } from './timestamp'

underLaw('timestamp', {
  // The virtual clock of the laws goes on only while everything waits for it.
  '': { make: () => timestamp(), reference: (values) => values.map((value) => ({ value, at: 0 })), timed: true },
})

it('puts the time of the run beside each value', async () => {
  expect(await seen([[3, 'a'], [10, 'b']], 20, timestamp())).toEqual([[3, { value: 'a', at: 3 }], [10, { value: 'b', at: 10 }]])
})
