import { afterEach, describe, expect, it } from 'vitest'
import { map } from '@sluice/operators'
import { forestallRuns, source, watchRuns } from '../authoring'
import { describePipeline, drain, from, type Run } from '../index'

const refusal = new Error('looked at, not run')
const ends: (() => void)[] = []
const forestalling = (by: Parameters<typeof forestallRuns>[0]): (() => void) => {
  const end = forestallRuns(by)
  ends.push(end)
  return end
}
const noisy = (calls: string[]) => source<number>('noisy', () => { calls.push('opened'); return { pull: () => -2, close() { calls.push('closed') } } }).pipe(map((n) => { calls.push('mapped'); return n }))

describe('R74: whoever forestalls runs', () => {
  afterEach(() => { for (const end of ends.splice(0)) end() })

  it('is asked with the pipeline; a run that is refused opens nothing, is aborted from the start and rejects with the answer', async () => {
    const calls: string[] = []
    const names: string[][] = []
    forestalling((asked) => { names.push(describePipeline(asked).stages.map(({ name }) => name)); return refusal })
    const run = noisy(calls).to({ open() { calls.push('sink'); return { write() {}, end() {} } } }).run({ name: 'mine' })
    expect(run.name).toBe('mine')
    await expect(Promise.resolve(run)).rejects.toBe(refusal)
    expect(run.status).toBe('aborted')
    expect(run.stats().stages.map(({ in: taken, out }) => taken + out)).not.toContain(1)
    expect(calls).toEqual([])
    expect(names).toEqual([['noisy', 'map', 'sink']])
  })

  it('is asked before a loop over a source, too, which rejects at its first value', async () => {
    const calls: string[] = []
    forestalling(() => refusal)
    const loop = async (): Promise<void> => { for await (const _ of noisy(calls)) calls.push('value') }
    await expect(loop()).rejects.toBe(refusal)
    expect(calls).toEqual([])
  })

  it('lets those begin that it answers undefined for, and all of them once it has ended', async () => {
    const allowed = from([1]).to(drain())
    const end = forestalling((asked) => (asked === allowed ? undefined : refusal))
    await allowed.run()
    await expect(Promise.resolve(from([1]).to(drain()).run())).rejects.toBe(refusal)
    end()
    end()
    await from([1]).to(drain()).run()
  })

  it('is the latest one; the end of an earlier one changes nothing', async () => {
    const other = new Error('other')
    const by = (): Error => refusal
    const first = forestalling(by)
    forestalling(() => other)
    first()
    await expect(Promise.resolve(from([1]).to(drain()).run())).rejects.toBe(other)
  })

  it('keeps those who watch runs from being told of what has never begun', async () => {
    const seen: Run<unknown>[] = []
    ends.push(watchRuns((run) => { seen.push(run) }))
    forestalling(() => refusal)
    await from([1]).to(drain()).run().catch(() => {})
    expect(seen).toEqual([])
  })
})
