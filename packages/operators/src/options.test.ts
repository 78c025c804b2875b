import { expect, it } from 'vitest'
import { forEach, fromProducer, interval, OptionError, range, retry, from } from '@sluice/core'
import { batch, buffer, filter, flatMap, map, mapAsync, mapAsyncUnordered, merge, take, tap } from './index'

const call = async (n: number): Promise<number> => n

it.each<[string, () => unknown]>([
  ['mapAsync: concurrency must be a whole number of at least 1, got 0', () => mapAsync(call, { concurrency: 0 })],
  ['mapAsync: concurrency must be a whole number of at least 1, got NaN', () => mapAsync(call, { concurrency: Number.NaN })],
  ['mapAsync: concurrency must be a whole number of at least 1, got undefined', () => mapAsync(call, undefined as never)],
  ['mapAsync: concurrency must be a whole number of at least 1, got Infinity', () => mapAsync(call, { concurrency: Infinity })],
  ['mapAsync: capacity must be a whole number of at least 0, got 0.5', () => mapAsync(call, { concurrency: 1, capacity: 0.5 })],
  ['mapAsync: timeoutMs must be a finite number of at least 0, got "2s"', () => mapAsync(call, { concurrency: 1, timeoutMs: '2s' as never })],
  ['mapAsync: call must be a function, got undefined', () => mapAsync(undefined as never, { concurrency: 1 })],
  ['mapAsyncUnordered: concurrency must be', () => mapAsyncUnordered(call, { concurrency: -1 })],
  ["map: onError must be 'fail', 'skip', retry(...), deadLetter(...) or a function, got \"retry\"", () => map((n) => n, { onError: 'retry' as never })],
  ['map: project must be a function, got an object', () => map({} as never)],
  ['filter: test must be a function', () => filter(null as never)],
  ['flatMap: project must be a function', () => flatMap([] as never)],
  ['tap: look must be a function', () => tap(1 as never)],
  ['take: count must be a whole number of at least 0, got -1', () => take(-1)],
  ['batch: count must be a whole number of at least 1, got 0', () => batch(0)],
  ['batch: withinMs must be a finite number of at least 0, got -5', () => batch(1, { withinMs: -5 })],
  ['buffer: capacity must be a whole number of at least 1, got 0.5', () => buffer(0.5)],
  ["buffer: overflow must be one of 'wait', 'drop-oldest', 'drop-newest', 'latest', 'fail', got \"block\"", () => buffer(1, { overflow: 'block' as never })],
  ['buffer: low must be a whole number from 0 to 3, got 4', () => buffer(4, { low: 4 })],
  ['range: start must be', () => range(0.5)],
  ['interval: periodMs must be', () => interval(0)],
  ['fromProducer: capacity must be', () => fromProducer(() => {}, { capacity: 0 })],
  ['forEach: concurrency must be', () => forEach(() => {}, { concurrency: 0 })],
  ['retry: times must be a whole number of at least 1, got 0', () => retry({ times: 0 })],
  ['retry: jitter must be a finite number from 0 to 1, got 2', () => retry({ times: 1, jitter: 2 })],
])('O13: "%s" is said when the pipeline is built', (message, build) => {
  expect(build).toThrow(OptionError)
  expect(build).toThrow(message)
})

it('O13: what is no source, operator or sink is refused by name', () => {
  expect(() => from(5 as never)).toThrow('from: expected an iterable, async iterable, promise, queue, subscription or source, got number')
  expect(() => from(null as never)).toThrow('got null')
  expect(() => merge(undefined as never)).toThrow('from: expected')
  expect(() => from([1]).pipe(map((n) => n), undefined as never)).toThrow('pipe: argument 2 must be an operator such as map(f), got undefined')
  expect(() => from([1]).to(undefined as never)).toThrow('to: expected a sink such as toArray() or forEach(f)')
})
