import { afterEach, describe, expect, it } from 'vitest'
import { map } from '@sluice/operators'
import { source, watchRuns } from '../authoring'
import { macrotask } from '../engine/macrotask'
import { drain, from, type Run } from '../index'

const ends: (() => void)[] = []
const watching = (watcher: (run: Run<unknown>) => void): (() => void) => {
  const end = watchRuns(watcher)
  ends.push(end)
  return end
}
const turn = (): Promise<void> => new Promise((resolve) => { macrotask(resolve) })

describe('R69: whoever watches runs', () => {
  afterEach(() => { for (const end of ends.splice(0)) end() })

  it('is told of each run that begins, once, before its first value, and of none after the watch has ended', async () => {
    const seen: string[] = []
    const end = watching(({ name, status }) => { seen.push(`${name} ${status}`) })
    const counting = (name: string) => from([1, 2]).pipe(map((n) => { seen.push(`${name} ${n}`); return n })).to(drain()).run({ name })
    await Promise.all([counting('a'), counting('b')])
    expect(seen.slice(0, 2)).toEqual(['a running', 'b running'])
    expect(seen).toHaveLength(6)
    end()
    end()
    await counting('c')
    expect(seen.filter((entry) => entry.startsWith('c'))).toEqual(['c 1', 'c 2'])
  })

  it('has the run itself, with its stages', async () => {
    const stages: string[][] = []
    const kept: Run<unknown>[] = []
    watching((run) => { kept.push(run); stages.push(run.graph().nodes.map(({ id }) => id)) })
    const run = from([1]).pipe(map((n) => n)).to(drain()).run()
    await run
    expect(kept).toEqual([run])
    expect(stages).toEqual([['from', 'map', 'drain']])
  })

  it('is told of a run that a stage of another run begins, and not of a pipeline that runs inside a stage', async () => {
    const seen: string[] = []
    watching(({ name }) => { seen.push(name) })
    const inner = () => from([1]).to(drain()).run({ name: 'inner' })
    await from([1]).pipe(map(async () => { await inner() })).to(drain()).run({ name: 'outer' })
    await turn()
    expect(seen).toEqual(['outer', 'inner'])
  })

  it('is told neither of a loop over a source nor of the rehearsals of the library', async () => {
    const seen: string[] = []
    watching(({ name }) => { seen.push(name) })
    for await (const value of from([1])) expect(value).toBe(1)
    await from([1, 2]).pipe(map((n) => n)).to(drain()).run({ name: 'mine' })
    for (let i = 0; i < 3; i++) await turn()
    expect(seen).toEqual(['mine'])
  })

  it('fails no run, and keeps no other watcher from being told', async () => {
    const broken = new Error('broken watcher')
    const unhandled: unknown[] = []
    const note = (error: unknown): void => { unhandled.push(error) }
    const { process, addEventListener, removeEventListener } = globalThis as {
      readonly process?: Partial<NodeJS.Process>
      addEventListener?(type: string, listener: (event: { reason: unknown; preventDefault(): void; stopImmediatePropagation(): void }) => void, options: boolean): void
      removeEventListener?(type: string, listener: unknown, options: boolean): void
    }
    const before = process?.listeners?.('unhandledRejection') ?? []
    process?.removeAllListeners?.('unhandledRejection').on('unhandledRejection', note)
    // A browser tells by an event; whoever else listens there would fail the test.
    const onEvent = (event: { reason: unknown; preventDefault(): void; stopImmediatePropagation(): void }): void => {
      if (event.reason !== broken) return
      event.preventDefault()
      event.stopImmediatePropagation()
    }
    if (process?.on === undefined) addEventListener?.('unhandledrejection', onEvent, true)
    try {
      const seen: string[] = []
      watching(() => { throw broken })
      watching(({ name }) => { seen.push(name) })
      await from([1]).to(drain()).run({ name: 'mine' })
      for (let i = 0; i < 3; i++) await turn()
      expect(seen).toEqual(['mine'])
      if (process?.listeners) expect(unhandled).toEqual([broken])
    } finally {
      process?.off?.('unhandledRejection', note)
      for (const listener of before) process?.on?.('unhandledRejection', listener)
      if (process?.on === undefined) removeEventListener?.('unhandledrejection', onEvent, true)
    }
  })

  it('watches twice where the same function watches twice', async () => {
    let told = 0
    const watcher = (): void => { told++ }
    const end = watching(watcher)
    watching(watcher)
    await from([1]).to(drain()).run()
    end()
    await from([1]).to(drain()).run()
    expect(told).toBe(3)
  })

  it('is told of a run whose source cannot be opened', async () => {
    const seen: Run<unknown>[] = []
    watching((run) => { seen.push(run) })
    const run = source('broken', () => { throw new Error('no') }).to(drain()).run()
    await expect(Promise.resolve(run)).rejects.toThrow('no')
    expect(seen).toEqual([run])
  })
})
