import { expect, it } from 'vitest'
import { OptionError, range, toArray } from '../index'

const LAST = Number.MAX_SAFE_INTEGER

it('R43: counts to the last whole number that can be told from the next', async () => {
  expect(await range(LAST - 2, 3).to(toArray()).run()).toEqual([LAST - 2, LAST - 1, LAST])
  expect(await range(-LAST, 2).to(toArray()).run()).toEqual([-LAST, -LAST + 1])
  expect(await range(-3, 5).to(toArray()).run()).toEqual([-3, -2, -1, 0, 1])
})

it.each([[LAST - 2, 4], [LAST, 2], [2 ** 53 - 2, 6], [2, LAST]])('R43: range(%i, %i), which would get beyond 2^53 - 1, is refused when it is built', (start, count) => {
  expect(() => range(start, count)).toThrow(OptionError)
  expect(() => range(start, count)).toThrow('range: count must be a whole number from 0 to')
})

it('R43: without an end it fails there instead of repeating itself', async () => {
  const seen: number[] = []
  const work = (async () => {
    for await (const n of range(LAST - 1)) seen.push(n)
  })()
  await expect(work).rejects.toThrow('range: the next number would be beyond 2^53 - 1')
  expect(seen).toEqual([LAST - 1, LAST])
})
