import { expect, it } from 'vitest'
import { forEach, from, type Run } from '../index'
import { onRunEnd } from '../authoring'
import { schemaProblems } from '../../../../test/stats-schema'

/** Holds the loop for a long turn. */
const busy = (): void => {
  const until = performance.now() + 55
  while (performance.now() < until);
}
const running = (name: string): Run<unknown> => from([1]).to(forEach(busy)).run({ name, onWarning: () => {} })

it('F4: the figures of a run that has ended stand still, whoever holds the loop after that, and whenever they are asked for', async () => {
  const asked = running('asked')
  const seen: unknown[] = []
  onRunEnd(asked, () => { seen.push(asked.stats()) })
  await asked
  const late = running('late')
  await late
  // More long turns than are remembered.
  for (let i = 0; i < 9; i++) await running(`other ${i}`)
  const stats = asked.stats()
  expect(stats).toEqual(seen[0])
  expect(stats.process.longTurns.map(({ run }) => run)).toEqual(['asked'])
  expect(schemaProblems(stats)).toEqual([])
  // Nobody has asked for these before.
  const { longTurns, workingMs, heldBy } = late.stats().process
  expect(longTurns.map(({ run }) => run)).toEqual(['late'])
  const [turn] = longTurns
  // Another turn of somebody's would be as long again. So many names are told apart in a process: this one may be among the others.
  for (const ms of [workingMs, Object.values(heldBy).reduce((sum, each) => sum + each, 0)]) expect(Math.abs(ms - (turn?.ms ?? 0))).toBeLessThan(50)
})
