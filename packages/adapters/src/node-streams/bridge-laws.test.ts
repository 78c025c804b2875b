import { describe, it } from 'vitest'
import { mapping, type Operator } from '@sluice/core'
import { asDuplex } from '@sluice/adapters/node-streams'
import { bridgeLaws } from '../../test/bridge-laws'
import { duplexEnds } from '../../test/ends/node-stream-ends'

const same = (): Operator<unknown, unknown> => mapping('same', () => (value: unknown) => value)

describe('asDuplex under law', () => {
  const laws = bridgeLaws({
    name: 'asDuplex',
    open: (highWaterMark, signal) => duplexEnds(asDuplex(same(), { highWaterMark, signal })),
    // Node asks for one where there is room for none.
    ahead: (highWaterMark) => Math.max(1, highWaterMark),
    valuesFirst: false,
    carries: (value) => value !== null,
  })
  for (const { name, run } of laws) it(name, run)
})
