import { expect, it } from 'vitest'
import { forEach, from, toArray, type DeadLetter } from '@sluice/core'
import { trackedSource } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { map } from '../transform/map'
import { deadLetter } from './dead-letter'

underLaw('deadLetter', { 'a map': { make: () => deadLetter(map((value) => [value]), forEach(() => {})), reference: (values) => values.map((value) => [value]) } })

const parse = map((text: string) => JSON.parse(text) as number)

it('writes what fails, with its error, and goes on', async () => {
  const letters: DeadLetter<string>[] = []
  expect(await from(['1', 'x', '3']).pipe(deadLetter(parse, forEach((letter) => { letters.push(letter) }))).to(toArray()).run()).toEqual([1, 3])
  expect(letters).toMatchObject([{ item: 'x', attempt: 1, stage: 'deadLetter' }])
  expect(letters[0]?.error).toBeInstanceOf(SyntaxError)
})

it('T1: a letter that cannot be written fails the run, and its ticket is given back', async () => {
  const tracked = trackedSource(['1', 'x'])
  const broken = forEach<DeadLetter<string>>(() => { throw new Error('disk') })
  await expect(tracked.source.pipe(deadLetter(parse, broken)).to(toArray()).run()).rejects.toThrow('disk')
  expect(tracked.statuses).toEqual(['ack', 'nack'])
})

it('O13: refuses what is no sink', () => {
  expect(() => deadLetter(parse, undefined as never)).toThrow('deadLetter: sink must be a sink')
})
