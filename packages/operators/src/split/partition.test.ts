import { describe, expect, it } from 'vitest'
import { drain, forEach, OptionError, range, toArray, type Source } from '@sluice/core'
import { settle, trackedSource } from '@sluice/testing'
import { even, underLaw } from '../../test/under-law'
import { take } from '../select/take'
import { partition } from './partition'

const any = (source: Source<unknown>): Source<unknown> => source
const nowhere = (source: Source<unknown>) => source.to(drain())

underLaw('partition', {
  'even, two branches': {
    make: () => partition(even, any, any), reference: (values) => [...values], ordered: false, ahead: 1,
    withProbe: (probe) => partition((value) => { probe(value); return even(value) }, any, any),
  },
  'even, a branch, a sink': {
    make: () => partition(even, any, nowhere), reference: (values) => values.filter(even), ahead: 1,
    withProbe: (probe) => partition((value) => { probe(value); return even(value) }, any, nowhere),
  },
})

describe('partition', () => {
  it('anything true passes, each branch keeps the order', async () => {
    const refused: number[] = []
    const passed = await range(0, 6).pipe(partition((n) => n % 3, (s) => s, (s) => s.to(forEach((n) => { refused.push(n) })))).to(toArray()).run()
    expect([passed, refused]).toEqual([[1, 2, 4, 5], [0, 3]])
  })

  it('a branch that wants no more loses what is for it, and the other goes on', async () => {
    const lost: unknown[] = []
    const values = await range(0, 6).pipe(partition(even, (s) => s.pipe(take(1)), (s) => s, { onDrop: (value, passed) => lost.push([value, passed]) })).to(toArray()).run()
    expect([values.sort(), lost]).toEqual([[0, 1, 3, 5], [[2, true], [4, true]]])
  })

  it('R12: an abort from inside the test starts nothing any more', async () => {
    let calls = 0
    const run = range(0).pipe(partition((n) => {
      calls++
      if (n === 3) void run.abort(new Error('enough'))
      return true
    }, (s) => s, (s) => s)).to(drain()).run()
    await expect(run).rejects.toThrow('enough')
    await settle()
    expect(calls).toBe(4)
  })

  it('T2: an abort from inside a test that then throws settles every ticket once', async () => {
    const tracked = trackedSource([1, 2, 3, 4])
    const run = tracked.source.pipe(partition((n) => {
      if (n < 3) return true
      void run.abort(new Error('enough'))
      throw new Error('three')
    }, (s) => s, (s) => s, { onError: 'skip' })).to(drain()).run()
    await expect(run).rejects.toThrow('enough')
    expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
  })

  it.each<[string, () => unknown]>([
    ['partition: test must be a function that answers at once, and no promise, got undefined', () => partition(undefined as never, any, any)],
    ['partition: branchIfTrue must be a function, got undefined', () => partition(even, undefined as never, any)],
    ['partition: branchIfFalse must be a function, got null', () => partition(even, any, null as never)],
    ['partition: onError must be', () => partition(even, any, any, { onError: 1 as never })],
    ['partition: slowBranch.buffer must be', () => partition(even, any, any, { slowBranch: { buffer: -1 } })],
  ])('O13: "%s" is said when the pipeline is built', (message, build) => {
    expect(build).toThrow(OptionError)
    expect(build).toThrow(message)
  })
})
