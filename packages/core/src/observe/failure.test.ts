import { expect, it } from 'vitest'
import { map } from '@sluice/operators'
import { drain, from, using } from '../index'

const BOOM = new Error('boom')

it('R5: a redaction that throws shows nothing of the item, and does not keep the run from ending', async () => {
  const broken = new Error('broken')
  const run = from([{ card: '4111' }]).pipe(map(() => { throw BOOM })).to(drain()).run({ redact: () => { throw broken } })
  await expect(Promise.resolve(run)).rejects.toBe(BOOM)
  expect(run.failure).toMatchObject({ stage: 'map', item: undefined, error: BOOM, suppressed: [broken] })
  expect(run.failure?.message).not.toContain('4111')
})

it('R7: a cleanup that fails alone is told by the name of its stage', async () => {
  const sources = [
    using(() => 1, () => [1], () => { throw BOOM }, { name: 'mine' }),
    using(() => 1, () => [1], async () => Promise.reject(BOOM), { name: 'mine' }),
  ]
  for (const source of sources) {
    const run = source.to(drain()).run()
    await expect(run).rejects.toBe(BOOM)
    expect(run.failure).toMatchObject({ stage: 'mine', path: [] })
  }
})
