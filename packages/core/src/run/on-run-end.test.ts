import { describe, expect, it } from 'vitest'
import { map } from '@sluice/operators'
import { onRunEnd } from '../authoring'
import { drain, failing, from, never, type Run } from '../index'

/** What the process hears of meanwhile as a rejection that nobody handles. */
async function unhandledDuring(act: () => void): Promise<unknown[]> {
  const heard: unknown[] = []
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', (error) => heard.push(error))
  act()
  await new Promise((resolve) => { setTimeout(resolve, 20) })
  process.removeAllListeners('unhandledRejection')
  for (const other of others) process.on('unhandledRejection', other)
  return heard
}

describe('R80: whoever looks on is told that a run has ended', () => {
  it('once, however it ended, with its status, its failure and its figures', async () => {
    const seen: string[] = []
    const follow = (run: Run<unknown>): void => {
      onRunEnd(run, () => { seen.push(`${run.name} ${run.status} ${run.failure?.stage ?? ''} ${run.stats().totals.inFlight}`) })
    }
    const completed = from([1, 2]).to(drain()).run({ name: 'a' })
    const failed = from([1]).pipe(map(() => { throw new Error('broken') })).to(drain()).run({ name: 'b' })
    const aborted = never().to(drain()).run({ name: 'c' })
    for (const run of [completed, failed, aborted]) follow(run)
    await completed
    await expect(failed).rejects.toThrow('broken')
    await aborted.abort()
    expect(seen).toEqual(['a completed  0', 'b failed map 0', 'c aborted  0'])
    follow(completed)
    expect(seen.at(-1)).toBe('a completed  0')
    expect(seen).toHaveLength(4)
  })

  it('and a failure that nobody awaits is an unhandled rejection all the same', async () => {
    const error = new Error('forgotten')
    const heard = await unhandledDuring(() => { onRunEnd(failing(error).to(drain()).run(), () => {}) })
    expect(heard).toEqual([error])
  })

  it('fails no run by what it throws, and keeps nobody else from being told', async () => {
    const broken = new Error('broken tool')
    const seen: string[] = []
    const heard = await unhandledDuring(() => {
      const run = from([1]).to(drain()).run()
      onRunEnd(run, () => { throw broken })
      onRunEnd(run, () => { seen.push(run.status) })
    })
    expect(seen).toEqual(['completed'])
    expect(heard).toEqual([broken])
  })

  it('what is no run is refused', () => {
    for (const wrong of [undefined, null, {}, Promise.resolve()]) expect(() => { onRunEnd(wrong as never, () => {}) }).toThrow('onRunEnd: expected a run')
  })
})
