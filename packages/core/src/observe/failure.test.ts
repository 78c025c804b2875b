import { expect, it } from 'vitest'
import { map } from '@sluice/operators'
import { drain, from } from '../index'

const BOOM = new Error('boom')

it('R5: a redaction that throws shows nothing of the item, and does not keep the run from ending', async () => {
  const broken = new Error('broken')
  const run = from([{ card: '4111' }]).pipe(map(() => { throw BOOM })).to(drain()).run({ redact: () => { throw broken } })
  await expect(Promise.resolve(run)).rejects.toBe(BOOM)
  expect(run.failure).toMatchObject({ stage: 'map', item: undefined, error: BOOM, suppressed: [broken] })
  expect(run.failure?.message).not.toContain('4111')
})
