import { expect, it } from 'vitest'
import { checkHistory, type HistoryEvent } from '../index'

const event = (text: string): HistoryEvent => {
  const [op, id] = text.split(' ') as [HistoryEvent['op'], string]
  return { op, id, by: 'test' }
}
const wrong = (mostRepeated: number, ...texts: string[]): readonly string[] => checkHistory(texts.map(event), { mostRepeated }).wrong

it('D50: a history is judged by what was confirmed, done and repeated', () => {
  expect(wrong(0, 'put? 1', 'put! 1', 'effect 1')).toEqual([])
  // Not confirmed, and done all the same: the answer was lost.
  expect(wrong(0, 'put? 1', 'effect 1')).toEqual([])
  expect(wrong(0, 'put? 1')).toEqual([])
  expect(wrong(0, 'put? 1', 'put! 1', 'dead 1')).toEqual([])
  expect(wrong(1, 'put? 1', 'put! 1', 'effect 1', 'effect 1')).toEqual([])
})

it.each([
  [['put? 1', 'put! 1'], "'1' was confirmed, and neither done nor a dead letter"],
  [['put? 1', 'put! 1', 'put? 2', 'put! 2', 'effect 2'], "'1' was confirmed, and neither done nor a dead letter"],
  [['put! 1', 'effect 1'], "'1' was confirmed, and nobody asked for it"],
  [['effect 1'], "'1' was done, and nobody has put it"],
  [['dead 1'], "'1' is a dead letter, and nobody has put it"],
  [['put? 1', 'put! 1', 'effect 1', 'effect 1'], '1 effects were repeated, and 0 may be'],
])('D50: what is wrong is told: %s', (texts, sentence) => {
  expect(wrong(0, ...texts)).toContain(sentence)
})
