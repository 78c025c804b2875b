import { expect, it } from 'vitest'
import { describePipeline, diagnose, drain, range, toArray } from '@sluice/core'
import {
  combineLatest, combineLatestWith, concat, concatWith, interleave, map, merge, mergePriority, mergeSorted, mergeWith, onErrorResume, race, raceWith, zip, zipLongest, zipWith,
} from './index'

const a = range(0, 2)
const b = range(0, 2)

it.each<[string, () => unknown]>([
  ['combineLatest: inputs must be an array or an object of what `from` takes, got an object', () => combineLatest(a as never, b as never)],
  ['zipLongest: others must be an array of what `from` takes, got an object', () => zipLongest(a as never, b as never)],
  ['mergeSorted: others must be an array of what `from` takes, got an object', () => mergeSorted(a as never, b as never)],
  ['mergePriority: others must be an array of what `from` takes, got an object', () => mergePriority(a as never, b as never)],
  ['onErrorResume: others must be an array of what `from` takes, got an object', () => onErrorResume(a as never, b as never)],
])('O13: sources one by one where an array is wanted are told before the second one is taken for options: %s', (message, build) => {
  expect(build).toThrow(message)
})

it.each<[string, () => unknown]>([
  ['merge: inputs[0]', () => merge([a, b])],
  ['concat: inputs[0]', () => concat([a, b])],
  ['zip: inputs[0]', () => zip([a, b])],
  ['race: inputs[0]', () => race([a, b])],
  ['combineLatest: inputs[1]', () => combineLatest([a, [b]])],
  ['mergeWith: others[0]', () => mergeWith([b])],
  ['concatWith: others[0]', () => concatWith([b])],
  ['zipWith: others[1]', () => zipWith(a, [b])],
  ['combineLatestWith: others[0]', () => combineLatestWith([b])],
  ['raceWith: others[0]', () => raceWith([b])],
  ['interleave: others[0]', () => interleave([b])],
  ['zipLongest: others[0]', () => zipLongest([[b]])],
])('O13: an array of sources where one source is wanted is refused, for its values would be sources: %s', (place, build) => {
  expect(build).toThrow(`${place} must be one source, and no array of sources, got an array`)
})

it('O13: an empty array and an array with other values are sources', async () => {
  expect(await merge([], [1], [[2]]).to(toArray()).run()).toEqual([1, [2]])
})

it.each([undefined, null, 5, 'text', {}, [], map((n: number) => n)])('O13: describePipeline refuses what is no pipeline: %p', (given) => {
  expect(() => describePipeline(given as never)).toThrow('describePipeline: expected a pipeline or a source, got ')
})

it('O13: diagnose takes a run or its figures, and refuses what is neither', async () => {
  const run = a.to(drain()).run()
  await run
  for (const given of [undefined, null, 5, {}, a.to(drain())]) expect(() => diagnose(given as never)).toThrow('diagnose: expected a run, or what run.stats() answers, got ')
  expect(() => diagnose(run.stats(), run as never)).toThrow('diagnose: expected what run.stats() answers, got an object')
  expect(diagnose(run).message).not.toBe('')
  expect(diagnose(run.stats()).message).not.toBe('')
})
