import { expect, it } from 'vitest'
import { drain, failing } from '@sluice/core'
import { manualSource, settle } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { inspectEdge, type EdgeEvent } from './inspect-edge'

underLaw('inspectEdge', { 'a function': { make: () => inspectEdge(() => {}), reference: (values) => [...values] } })

it('shows what crosses it', async () => {
  const seen: EdgeEvent<number>[] = []
  const probe = manualSource<number>()
  const run = probe.source.pipe(inspectEdge((event) => seen.push(event))).to(drain()).run()
  await settle(2)
  probe.emit(1, 2)
  await settle(2)
  probe.end()
  await run
  expect(seen.map(({ kind }) => kind).filter((kind, i, all) => kind !== all[i - 1])).toEqual(['pending', 'values', 'pending', 'done', 'closed'])
  await failing(new Error('x')).pipe(inspectEdge((event) => seen.push(event))).to(drain()).run().then(() => {}, () => {})
  expect(seen.slice(-2).map(({ kind }) => kind)).toEqual(['failed', 'closed'])
})

it('O13: refuses what is no function', () => {
  expect(() => inspectEdge(1 as never)).toThrow('inspectEdge: look must be a function')
})
