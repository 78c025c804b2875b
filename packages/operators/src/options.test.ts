import { expect, it } from 'vitest'
import { forEach, from, fromProducer, interval, Limit, OptionError, range, retry } from '@sluice/core'
import {
  AdaptiveRate, batch, broadcast, buffer, Circuit, concatMap, countValues, delay, filter, flatMap, map, mapAsync, mapAsyncUnordered, mapStateful, mergeWith,
  onErrorResume, rateLimit, restart, retrySource, retryItem, take, takeWhile, tap, throttle, timeout, windowCount, zipLongest,
} from './index'

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
  ["map: onError must be 'fail', 'skip', 'restart', 'nack', retry(...), deadLetter(...) or a function, got \"retry\"", () => map((n) => n, { onError: 'retry' as never })],
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
  ['batch: options must be an object, got 200', () => batch(500, 200 as never)],
  ['mapStateful: options must be an object, got an array', () => mapStateful(() => 0, (n: number) => [n, n], [] as never)],
  ['windowCount: options must be an object, got 2', () => windowCount(4, 2 as never)],
  ['countValues: options must be an object, got 10', () => countValues(() => {}, 10 as never)],
  ['zipLongest: options must be an object, got "-"', () => zipLongest([[1]], '-' as never)],
  ['Circuit: unknown option "reset"; did you mean "resetMs"?', () => new Circuit({ failures: 1, resetMs: 1, reset: 1 } as never)],
  ['mapAsync: unknown option "concurrency.mx"; did you mean "concurrency.max"?', () => mapAsync((n) => n, { concurrency: { max: 2, targetMs: 1, mx: 3 } as never })],
  ['throttle: unknown option "rate.perms"; did you mean "rate.perMs"?', () => throttle({ rate: { count: 1, perms: 5 } as never })],
  ['AdaptiveRate: unknown option "targetms"; did you mean "targetMs"?', () => new AdaptiveRate({ limit: new Limit({ concurrency: 1 }), max: 2, targetms: 5 } as never)],
  ['retrySource: times must be a whole number of at least 1, got undefined', () => retrySource(undefined as never)],
  ['retrySource: when must be a function that answers at once, and no promise, got 5', () => retrySource({ times: 1, when: 5 as never })],
  ['retrySource: resetOnValue must be true or false, got "yes"', () => retrySource({ times: 1, resetOnValue: 'yes' as never })],
  ['retryItem: times must be a whole number of at least 1, got 0', () => retryItem(map((n) => n), { times: 0 })],
  ['restart: delayMs must be a finite number of at least 0, got NaN', () => restart({ delayMs: NaN })],
  ['restart: onComplete must be true or false, got 1', () => restart({ delayMs: 1, maxDelayMs: 2, onComplete: 1 as never })],
  ['circuitBreaker: failures must be a whole number of at least 1, got undefined', () => new Circuit(undefined as never)],
  ['onErrorResume: others must be an array of what `from` takes, got 5', () => onErrorResume(5 as never)],
  ['map: options must be an object, got 5', () => map((n) => n, 5 as never)],
  ['filter: options must be an object, got "skip"', () => filter(() => true, 'skip' as never)],
  ['delay: options must be an object, got 5', () => delay(5, 5 as never)],
  ['buffer: options must be an object, got "drop-oldest"', () => buffer(5, 'drop-oldest' as never)],
  ['concatMap: options must be an object, got 4', () => concatMap(() => [], 4 as never)],
  ['broadcast: options must be an object, got "gate"', () => broadcast([map((n) => n)], 'gate' as never)],
  ['throttle: rate must be a number per second, or an object with count and perMs, got undefined', () => throttle(undefined as never)],
  ['rateLimit: rate must be a number per second, or an object with count and perMs, got undefined', () => rateLimit(undefined as never)],
  ['timeout: idleMs must be given, or firstMs, totalMs or backpressureMs, got undefined', () => timeout(undefined as never)],
  ['takeWhile: inclusive must be true or false, got 1', () => takeWhile(() => true, { inclusive: 1 as never })],
])('O13: "%s" is said when the pipeline is built', (message, build) => {
  expect(build).toThrow(OptionError)
  expect(build).toThrow(message)
})

it('O13: what is no source, operator or sink is refused by name', () => {
  expect(() => from(5 as never)).toThrow('from: expected an iterable, async iterable, promise, queue, subscription or source, got 5')
  expect(() => from(null as never)).toThrow('got null')
  expect(() => mergeWith(undefined as never)).toThrow('mergeWith: others[0] must be an iterable')
  expect(() => from([1]).pipe(map((n) => n), undefined as never)).toThrow('pipe: argument 2 must be an operator such as map(f), got undefined')
  expect(() => from([1]).to(undefined as never)).toThrow('to: expected a sink such as toArray() or forEach(f)')
})
