import { expect, it } from 'vitest'
import { forEach } from '../sink/for-each'
import { fromIterable } from './from-iterable'

it('S8: values of an iterator come out before the failure of the next', async () => {
  const seen: number[] = []
  const run = fromIterable((function* () {
    yield 1
    yield 2
    throw new Error('three')
  })(), 'from').to(forEach((n) => { seen.push(n) })).run()
  await expect(run).rejects.toThrow('three')
  expect(seen).toEqual([1, 2])
})
