import { describe, expect, it } from 'vitest'
import { drain } from '../sink/drain'
import { toArray } from '../sink/to-array'
import { from } from '../source/from'
import { macrotask } from '../engine/macrotask'
import { operator } from '../kit/operator'
import { mapping } from '../kit/per-value'
import { rehearsed } from './at-import'
import { Rehearsal } from './rehearsal'

const turn = (): Promise<void> => new Promise((resolve) => { macrotask(resolve) })

/** An operator that notes what passes. */
const noting = (seen: unknown[], opened: { times: number } = { times: 0 }) =>
  operator<number, number>('noting', (upstream) => {
    opened.times++
    return {
      pull(into, limit) {
        const count = upstream.pull(into, limit)
        for (let i = 0; i < count; i++) seen.push(into[i])
        return count
      },
    }
  })

describe('a rehearsal', () => {
  it('takes place when a run has ended, and not before', async () => {
    const opened = { times: 0 }
    new Rehearsal(() => noting([], opened)).later()
    await turn()
    expect(opened.times).toBe(0)
    await from([1]).to(drain()).run()
    await turn()
    expect(opened.times).toBe(1)
  })

  it('takes place once, however often it is asked for', async () => {
    const opened = { times: 0 }
    const rehearsal = new Rehearsal(() => noting([], opened))
    for (let i = 0; i < 3; i++) {
      rehearsal.later()
      await from([1]).to(drain()).run()
      await turn()
    }
    expect(opened.times).toBe(1)
  })

  it('asked for after another one, and before that took place, takes place with it', async () => {
    const opened = { times: 0 }
    new Rehearsal(() => noting([], opened)).later()
    new Rehearsal(() => noting([], opened)).later()
    await from([1]).to(drain()).run()
    await turn()
    expect(opened.times).toBe(2)
  })

  it('takes place after a run that fails, too', async () => {
    const opened = { times: 0 }
    new Rehearsal(() => noting([], opened)).later()
    const failing = mapping<number, number>('map', () => () => { throw new Error('no') })
    await expect(from([1]).pipe(failing).to(drain()).run()).rejects.toThrow('no')
    await turn()
    expect(opened.times).toBe(1)
  })

  it('has so many values, and stands still after them', async () => {
    const seen: unknown[] = []
    new Rehearsal(() => noting(seen), 5).later()
    await from([1]).to(drain()).run()
    for (let i = 0; i < 3; i++) await turn()
    expect(seen).toEqual([5, 4, 3, 2, 1])
  })

  it('keeps no function and no value of a run that a user makes', async () => {
    const refs: WeakRef<object>[] = []
    const run = async (): Promise<void> => {
      const value = { n: 1 }
      const project = (given: object) => ({ given })
      refs.push(new WeakRef(value), new WeakRef(project))
      await from([value]).pipe(mapping('map', () => project)).to(toArray()).run()
    }
    for (let i = 0; i < 10; i++) await run()
    await turn()
    const { gc } = globalThis as { gc?: () => void }
    gc?.()
    await turn()
    gc?.()
    // A collector that looks at the stack word by word (JavaScriptCore's) may take one for alive.
    expect(refs.filter((ref) => ref.deref() !== undefined).length).toBeLessThan(3)
  })

  it('of what every pipeline is made of has taken place at the import', () => {
    expect(rehearsed).toBe(5)
  })
})
