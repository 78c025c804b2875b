import { expect, it } from 'vitest'
import { seen } from '../../test/timeline'
import { underLaw } from '../../test/under-law'
import { map } from '../transform/map'
import { timestamp } from './timestamp'

underLaw('timestamp', {
  // The virtual clock of the laws begins at 222 and a fraction, and goes on only while everything waits for it.
  '': {
    make: () => (source) => source.pipe(timestamp(), map(({ value, at }) => ({ value, at: Math.floor(at) }))),
    reference: (values) => values.map((value) => ({ value, at: 222 })),
    timed: true,
  },
})

it('puts the time of the run beside each value', async () => {
  expect(await seen([[3, 'a'], [10, 'b']], 20, timestamp())).toEqual([[3, { value: 'a', at: 3 }], [10, { value: 'b', at: 10 }]])
})
