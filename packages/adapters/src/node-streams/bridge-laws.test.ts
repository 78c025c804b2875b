import { describe, it } from 'vitest'
import { type Operator } from '@sluice/core'
import { mapping } from '@sluice/core/authoring'
import { asDuplex, fromNode, throughNode, toNode } from '@sluice/adapters/node-streams'
import { bridgeLaws } from '../../test/bridge-laws'
import { duplexEnds } from '../../test/ends/node-stream-ends'
import { throughLaws, type ThroughEntry } from '../../test/through-laws'

const same = (): Operator<unknown, unknown> => mapping('same', () => (value: unknown) => value)

/** `null` is the end of a Node stream. */
const carries = (value: unknown): boolean => value !== null

describe('asDuplex under law', () => {
  const laws = bridgeLaws({
    name: 'asDuplex',
    open: (highWaterMark, signal) => duplexEnds(asDuplex(same(), { highWaterMark, signal })),
    // Node asks for one where there is room for none.
    ahead: (highWaterMark) => Math.max(1, highWaterMark),
    valuesFirst: false,
    carries,
  })
  for (const { name, run } of laws) it(name, run)
})

describe.each([0, 1, 2, 7])('there and back again, highWaterMark %i', (highWaterMark) => {
  // Node asks for one where there is room for none.
  const room = Math.max(1, highWaterMark)
  const entries: ThroughEntry[] = [
    { name: 'toNode', through: () => (upstream) => fromNode<unknown>(() => toNode(upstream, { highWaterMark })), capacity: room },
    { name: 'asDuplex', through: () => throughNode<unknown, unknown>(() => asDuplex(same(), { highWaterMark })), capacity: 2 * room },
  ]
  for (const entry of entries) {
    // A stream that is destroyed loses what is still inside.
    for (const { name, run } of throughLaws({ ...entry, carries, overtaken: true })) it(name, run)
  }
})
