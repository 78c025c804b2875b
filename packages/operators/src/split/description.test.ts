import { expect, it } from 'vitest'
import { describePipeline, drain, from, range, type Pipeline } from '@sluice/core'
import { alsoTo, broadcast, buffer, map, mapAsyncUnordered, mergeWith, route, share, take } from '../index'

const keep = (n: number): number => n
const edgesOf = (pipeline: Pipeline<unknown>): string[] => describePipeline(pipeline).edges.map(({ from: feeder, to }) => `${feeder} > ${to}`)

it('branches are part of the description: a way in, each branch, a way out', () => {
  const pipeline = range(0, 9).pipe(
    broadcast([(source) => source.pipe(map(keep, { name: 'left' })), (source) => source.to(drain({ name: 'side' }))], { slowBranch: { buffer: 4 } }),
  ).to(drain())
  expect(edgesOf(pipeline)).toEqual([
    'range > broadcast', 'broadcast > broadcast[0]', 'broadcast[0] > left', 'broadcast > broadcast[1]', 'broadcast[1] > side', 'left > broadcast.out', 'broadcast.out > drain',
  ])
  expect(describePipeline(pipeline)).toMatchObject({ unknown: [], drops: [], reorders: ['broadcast.out'], holds: 8 })
  expect(describePipeline(pipeline).stages.find(({ id }) => id === 'broadcast')).toMatchObject({ madeBy: 'broadcast', options: { slowBranch: { buffer: 4 } } })
})

it('so are routes, inputs and pipelines at the side', () => {
  const other = from([1]).pipe(take(1, { name: 'other' }))
  const pipeline = range(0, 9).pipe(
    route({ a: (source) => source.pipe(take(1)) }, () => 'a', { slowBranch: 'drop', name: 'way' }), mergeWith(other, { name: 'all' }), alsoTo(drain({ name: 'copy' })),
  ).to(drain())
  expect(edgesOf(pipeline)).toEqual([
    'range > way', 'way > way[a]', 'way[a] > take', 'take > way.out', 'from > other', 'way.out > all', 'other > all', 'all > alsoTo', 'alsoTo > drain', 'alsoTo > alsoTo.side', 'alsoTo.side > copy',
  ].sort((a, b) => edgesOf(pipeline).indexOf(a) - edgesOf(pipeline).indexOf(b)))
  expect(describePipeline(pipeline).drops).toEqual(['way'])
})

it('what a pipeline drops, reorders and holds is told before it runs', () => {
  const judged = describePipeline(range(0).pipe(
    mapAsyncUnordered(async (n) => n, { concurrency: 3, capacity: 5, name: 'load' }), buffer(16, { overflow: 'drop-oldest' }),
  ).to(drain()))
  expect(judged).toMatchObject({ unknown: [], drops: ['buffer'], reorders: ['load'], endsTickets: [], holds: 24 })
})

it('a source that is shared ends tickets: another run reads it', () => {
  expect(describePipeline(share(range(0)).to(drain())).endsTickets).toEqual(['share'])
})
