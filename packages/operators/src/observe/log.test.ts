import { expect, it } from 'vitest'
import { drain, failing, range } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { log } from './log'

underLaw('log', { 'a logger': { make: () => log('law', { logger: () => {} }), reference: (values) => [...values] } })

it('writes each so many-th value and the end', async () => {
  const lines: unknown[][] = []
  await range(1, 4).pipe(log('n', { every: 2, logger: (...parts) => lines.push(parts) })).to(drain()).run()
  expect(lines).toEqual([['n', 2], ['n', 4], ['n', 'completed']])
  const error = new Error('gone')
  await failing(error).pipe(log('f', { logger: (...parts) => lines.push(parts) })).to(drain()).run().then(() => {}, () => {})
  expect(lines.at(-1)).toEqual(['f', 'failed', error])
})

it('O13: refuses options that cannot work', () => {
  expect(() => log(5 as never)).toThrow('log: prefix must be a text, got 5')
  expect(() => log('a', { every: 0 })).toThrow('log: every must be a whole number of at least 1')
  expect(() => log('a', { logger: 'console' as never })).toThrow('log: logger must be a function')
})
