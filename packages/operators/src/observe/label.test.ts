import { expect, it } from 'vitest'
import { failing, from, toArray } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { map } from '../transform/map'
import { label } from './label'

underLaw('label', { "'here'": { make: () => label('here'), reference: (values) => [...values] } })

it('shows in stats, graph and the path of a failure', async () => {
  const run = from([1]).pipe(label('numbers'), map(() => { throw new Error('map') })).to(toArray()).run()
  await run.then(() => {}, () => {})
  expect(run.failure?.path).toEqual(['from', 'numbers', 'map'])
  expect(run.graph().nodes.map(({ name }) => name)).toContain('numbers')
  await failing(new Error('x')).pipe(label('y')).to(toArray()).run().then(() => {}, () => {})
})

it('O13: refuses an empty name', () => {
  expect(() => label('')).toThrow('label: name must be a text that is not empty, got ""')
})
