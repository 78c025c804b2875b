import { expectTypeOf, it } from 'vitest'
import { from, type Source } from '@sluice/core'
import {
  batch, batchWhileBusy, conflate, conflateWithSeed, expand, groupBy, sessionWindow, windowCount, windowEventTime, windowTime,
  type EventWindow, type Group,
} from '../index'

it('batch makes arrays, and weighs what it is given', () => {
  expectTypeOf(from(['a']).pipe(batch(2, { withinMs: 5 }))).toEqualTypeOf<Source<string[]>>()
  const weighed = from(['a']).pipe(batch(2, { maxWeight: 5, weigh: (text) => {
    expectTypeOf(text).toEqualTypeOf<string>()
    return text.length
  } }))
  expectTypeOf(weighed).toEqualTypeOf<Source<string[]>>()
  // @ts-expect-error: a weight is a number
  from(['a']).pipe(batch(2, { maxWeight: 5, weigh: (text: string) => text }))
})

it('windows are arrays', () => {
  expectTypeOf(from(['a']).pipe(windowCount(2, { every: 1 }))).toEqualTypeOf<Source<string[]>>()
  expectTypeOf(from(['a']).pipe(windowTime(5, { maxCount: 2, everyMs: 1 }))).toEqualTypeOf<Source<string[]>>()
  expectTypeOf(from(['a']).pipe(sessionWindow(5, { maxCount: 2, maxMs: 9 }))).toEqualTypeOf<Source<string[]>>()
  expectTypeOf(from(['a']).pipe(windowEventTime({ sizeMs: 5, maxWindows: 1, maxCount: 9, time: (text) => {
    expectTypeOf(text).toEqualTypeOf<string>()
    return text.length
  } }))).toEqualTypeOf<Source<EventWindow<string>>>()
  // @ts-expect-error: it decides about memory, so there is no default
  windowTime(5, {})
  // @ts-expect-error: it decides about memory, so there is no default
  sessionWindow(5)
})

it('what comes while downstream is busy is combined, or collected', () => {
  expectTypeOf(from([1]).pipe(conflate((a, b) => a + b))).toEqualTypeOf<Source<number>>()
  expectTypeOf(from(['a']).pipe(conflateWithSeed((text) => text.length, (n, text) => n + text.length))).toEqualTypeOf<Source<number>>()
  expectTypeOf(from(['a']).pipe(batchWhileBusy({ maxCount: 2 }))).toEqualTypeOf<Source<string[]>>()
  // @ts-expect-error: it decides about memory, so there is no default
  batchWhileBusy({})
})

it('groups have keys and sources', () => {
  const groups = from(['a']).pipe(groupBy((text) => text.length, { maxGroups: 2, idleMs: 5, onGroupLimit: 'evict' }))
  expectTypeOf(groups).toEqualTypeOf<Source<Group<number, string>>>()
  // @ts-expect-error: every group has to be consumed, so how many there are has no default
  groupBy((text: string) => text, {})
})

it('expand makes what its iterable holds', () => {
  expectTypeOf(from([1]).pipe(expand((n) => [n, String(n)]))).toEqualTypeOf<Source<string | number>>()
  expectTypeOf(from([1]).pipe(expand(function* (n) { yield String(n) }))).toEqualTypeOf<Source<string>>()
})
