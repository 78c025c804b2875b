import { expect, it } from 'vitest'
import { forEach, from, toArray, type DeadLetter } from '@sluice/core'
import { trackedSource } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { map } from '../transform/map'
import { deadLetterItem } from './dead-letter-item'

underLaw('deadLetterItem', { 'a map': { make: () => deadLetterItem(map((value) => [value]), forEach(() => {})), reference: (values) => values.map((value) => [value]) } })

const parse = map((text: string) => JSON.parse(text) as number)

it('writes what fails, with its error, and goes on', async () => {
  const letters: DeadLetter<string>[] = []
  expect(await from(['1', 'x', '3']).pipe(deadLetterItem(parse, forEach((letter) => { letters.push(letter) }))).to(toArray()).run()).toEqual([1, 3])
  expect(letters).toMatchObject([{ item: 'x', attempt: 1, stage: 'deadLetterItem' }])
  expect(letters[0]?.error).toBeInstanceOf(SyntaxError)
})

it('T1: a letter that cannot be written fails the run, and its ticket is given back', async () => {
  const tracked = trackedSource(['1', 'x'])
  const broken = forEach<DeadLetter<string>>(() => { throw new Error('disk') })
  await expect(tracked.source.pipe(deadLetterItem(parse, broken)).to(toArray()).run()).rejects.toThrow('disk')
  expect(tracked.statuses).toEqual(['ack', 'nack'])
})

it('O13: refuses what is no sink', () => {
  expect(() => deadLetterItem(parse, undefined as never)).toThrow('deadLetterItem: sink must be a sink')
})
