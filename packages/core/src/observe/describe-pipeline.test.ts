import { describe, expect, it } from 'vitest'
import { describePipeline, drain, from, range, toArray } from '../index'
import { asyncOperator, declare, described, filtering, mapping, operator, source, whole } from '../authoring'

const HOLD = declare('hold', () => ({ args: { most: whole() }, options: { size: whole().or(4), lossy: whole(0).maybe() } }), ({ size, lossy }) => ({
  holds: size, drops: lossy ? 'surplus' : 'nothing',
}))
const hold = <A>(options: { readonly size?: number; readonly lossy?: number; readonly name?: string } = {}) => {
  const given = HOLD.read(options, { most: 1 })
  return described(HOLD, given, asyncOperator<A, A>(given.name, (upstream, stage) => stage.open(upstream)))
}
const plain = <A>(name: string) => operator<A, A>(name, (upstream) => ({ pull: (into, limit) => upstream.pull(into, limit) }), { traits: {} })

describe('a pipeline is described before it runs', () => {
  it('its stages, what they were given, and who feeds whom', () => {
    const { stages, edges } = describePipeline(range(0).pipe(hold({ size: 8, name: 'some' }), hold()).to(drain()))
    expect(stages.map(({ id, name, kind, madeBy }) => [id, name, kind, madeBy])).toEqual([
      ['range', 'range', 'source', 'range'], ['some', 'some', 'operator', 'hold'], ['hold', 'hold', 'operator', 'hold'], ['drain', 'drain', 'sink', 'drain'],
    ])
    expect(stages[1]?.options).toEqual({ size: 8 })
    expect(stages[2]?.options).toEqual({ size: 4 })
    expect(edges).toEqual([{ from: 'range', to: 'some' }, { from: 'some', to: 'hold' }, { from: 'hold', to: 'drain' }])
  })

  it('is judged by what its stages declare', () => {
    const judged = describePipeline(from([1]).pipe(
      hold({ size: 8, lossy: 1 }),
      operator('sorted', (upstream) => upstream, { traits: { order: 'changed', tickets: 'ended', holds: 5 } }),
    ).to(drain()))
    expect(judged).toMatchObject({ unknown: [], drops: ['hold'], reorders: ['sorted'], endsTickets: ['sorted'], holds: 13 })
  })

  it('a stage that declares nothing is unknown, and so is how much is held', () => {
    const judged = describePipeline(from([1]).pipe(mapping('mine', () => (n: number) => n), filtering('other', () => () => true), hold()).to(toArray()))
    expect(judged).toMatchObject({ unknown: ['mine', 'other'], holds: undefined })
    expect(judged.stages.map(({ name }) => name)).toEqual(['from', 'mine', 'other', 'hold', 'toArray'])
  })

  it('a source by hand, and what is no source of ours, have a place, too', () => {
    const foreign = { open: () => { throw new Error('never opened') } }
    expect(describePipeline(source('mine', () => ({ pull: () => 0 })).to({ open: foreign.open })).stages).toMatchObject([{ id: 'mine', kind: 'source' }, { id: 'sink', kind: 'sink' }])
    expect(describePipeline(foreign).stages).toMatchObject([{ id: 'source', traits: undefined }])
  })

  it('several stages of one name have ids of their own; a source that two read is one', () => {
    const shared = range(0)
    const BOTH = declare('both', () => ({}), {})
    const both = described(BOTH, { name: 'both' }, asyncOperator<number, number>('both', (upstream, stage) => stage.open(upstream)), [shared.pipe(plain('p'))])
    const { stages, edges } = describePipeline(shared.pipe(plain('p'), both))
    expect(stages.map(({ id }) => id)).toEqual(['range', 'p', 'p#2', 'both'])
    expect(edges).toEqual([{ from: 'range', to: 'p' }, { from: 'range', to: 'p#2' }, { from: 'p', to: 'both' }, { from: 'p#2', to: 'both' }])
  })

  it('thousands of stages need no stack', () => {
    const steps = Array.from({ length: 20_000 }, () => mapping('step', () => (n: number) => n))
    expect(describePipeline(steps.reduce((at, step) => at.pipe(step), range(0))).stages).toHaveLength(20_001)
  })

  it('runs no user code and opens nothing', () => {
    const calls: string[] = []
    const noisy = source('noisy', () => { calls.push('opened'); return { pull: () => 0 } })
    describePipeline(noisy.pipe(mapping('mine', () => { calls.push('made'); return (n: unknown) => n })).to({ open() { calls.push('sink'); return { write() {}, end() {} } } }))
    expect(calls).toEqual([])
  })
})
