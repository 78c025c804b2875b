import { describe, expect, it } from 'vitest'
import { source } from '../authoring'
import { from, Limit, range, toArray, type Source } from '../index'
import { brand, hasCode, isBranded, LIMIT, SOURCE, STAGE } from './brand'
import { processWide } from './process-wide'

describe('R68: what is of another copy of Sluice', () => {
  it('with the same protocol is taken as of this copy, and told by its brand', () => {
    expect([isBranded(range(0, 1), SOURCE), isBranded(new Limit({ concurrency: 1 }), LIMIT)]).toEqual([true, true])
    for (const other of [undefined, null, 5, 'text', () => 1, {}, [], { open() {} }]) expect(isBranded(other, SOURCE)).toBe(false)
    const foreign: object = {}
    brand(foreign, STAGE)
    expect([isBranded(foreign, STAGE), Object.keys(foreign)]).toEqual([true, []])
  })

  it('with another protocol is refused in one sentence that says what to do', () => {
    const foreign = { [SOURCE]: 7, open() {} } as unknown as Source<number>
    const refused = (): unknown => from(foreign)
    expect(refused).toThrow(/two copies of Sluice are loaded .* protocol 1.* protocol 7\. Install one version of @sluice\/core/)
    expect((() => { try { return refused() } catch (error) { return hasCode(error, 'SLUICE_COPIES') } })()).toBe(true)
  })

  it('shares what there is once in a process', () => {
    const made = processWide('a test', () => ({}))
    expect(processWide('a test', () => ({ another: true }))).toBe(made)
    expect(Object.keys(globalThis)).not.toContain('sluice')
  })

  it('opens in a run whose stages it did not make', async () => {
    // A stage of another copy is no instance of a class of this one: here an outlet that only knows the protocol.
    const plain = source<number>('plain', (stage) => stage.open({ open: () => ({ pull: (into: number[]) => { into[0] = 1; return 1 }, close() {} }) }))
    const iterator = plain[Symbol.asyncIterator]()
    expect(await iterator.next()).toEqual({ done: false, value: 1 })
    await iterator.return?.()
    expect(await range(0, 2).to(toArray()).run()).toEqual([0, 1])
  })
})
