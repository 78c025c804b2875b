import { expect, it } from 'vitest'
import { BoundedQueue, deadLetter, drain, forEach, from, interval, KeyedQueue, Limit, PriorityQueue, retry, toArray, Topic, WorkerPool } from '../index'

it.each<[string, () => unknown]>([
  ['BoundedQueue: unknown option "maxsize"; did you mean "capacity"? It takes capacity,', () => new BoundedQueue({ capacity: 1, maxsize: 5 } as never)],
  ['BoundedQueue: unknown option "highWaterMark"; did you mean "capacity"?', () => new BoundedQueue({ highWaterMark: 16 } as never)],
  ['BoundedQueue: unknown option "strategy"; did you mean "overflow"?', () => new BoundedQueue({ capacity: 1, strategy: 'drop' } as never)],
  ['PriorityQueue: unknown option "comparator"; did you mean "compare"?', () => new PriorityQueue({ capacity: 1, comparator: () => 0 } as never)],
  ['Limit: unknown option "perSecond"; did you mean "rate"?', () => new Limit({ perSecond: 5 } as never)],
  ['Limit: unknown option "rate.interval"; did you mean "rate.perMs"?', () => new Limit({ rate: { count: 1, interval: 1000 } } as never)],
  ['retry: unknown option "attempts"; did you mean "times"?', () => retry({ attempts: 3 } as never)],
  ['retry: unknown option "maxRetries"; did you mean "times"?', () => retry({ maxRetries: 3 } as never)],
  ['retry: unknown option "minTimeout"; did you mean "delayMs"?', () => retry({ minTimeout: 100 } as never)],
  ['retry: unknown option "maxTimeout"; did you mean "maxDelayMs"?', () => retry({ maxTimeout: 100 } as never)],
  ['forEach: unknown option "parallel"; did you mean "concurrency"?', () => forEach(() => {}, { parallel: 3 } as never)],
  ['retry: options must be an object, got 3. It takes times, delayMs,', () => retry(3 as never)],
  ['Limit: options must be an object, got 5. It takes concurrency, rate,', () => new Limit(5 as never)],
  ['run: unknown option "abortSignal"; did you mean "signal"?', () => from([1]).to(toArray()).run({ abortSignal: AbortSignal.abort() } as never)],
  ['interval: periodMs must be a finite number above 0, got 0', () => interval(0)],
  ['BoundedQueue: unknown option "overFlow"; did you mean "overflow"?', () => new BoundedQueue({ capacity: 1, overFlow: 'fail' } as never)],
  ['KeyedQueue: unknown option "perkey"; did you mean "perKey"?', () => new KeyedQueue({ capacity: 1, key: () => 0, perkey: 5 } as never)],
  ['PriorityQueue: unknown option "level"; did you mean "levels"?', () => new PriorityQueue({ capacity: 1, level: 5 } as never)],
  ['Limit: unknown option "concurency"; did you mean "concurrency"?', () => new Limit({ concurency: 1 } as never)],
  ['Limit: unknown option "rate.brust"; did you mean "rate.burst"? It takes rate.count, rate.perMs, rate.burst', () => new Limit({ rate: { count: 1, perMs: 1, brust: 3 } } as never)],
  ['Limit: unknown option "keyed.rates"; did you mean "keyed.rate"?', () => new Limit({ keyed: { rates: 1 } } as never)],
  ['deadLetter: unknown option "stak"; did you mean "stack"?', () => deadLetter(drain(), { stak: true } as never)],
  ['Topic: unknown option "replays"; did you mean "replay"?', () => new Topic({ capacity: 1, replays: 1 } as never)],
  ['Topic.subscribe: unknown option "polcy"; did you mean "policy"?', () => new Topic({ capacity: 1 }).subscribe({ polcy: 'wait' } as never)],
  ['WorkerPool: unknown option "timeoutms"; did you mean "timeoutMs"?', () => new WorkerPool(() => {}, { concurrency: 1, capacity: 1, timeoutms: 1 } as never)],
  ['run: unknown option "signl"; did you mean "signal"?', () => from([1]).to(toArray()).run({ signl: 1 } as never)],
  ['from: unknown option "onend"; did you mean "onEnd"?', () => from([1], { onend: 'close' } as never)],
])('O13: what is no option is refused where it is made: %s', (message, make) => {
  expect(make).toThrow(message)
})

it('O13: a stop refuses it, too', async () => {
  const run = from([1]).to(toArray()).run()
  expect(() => run.stop({ deadline: 5 } as never)).toThrow('stop: unknown option "deadline"; did you mean "deadlineMs"?')
  expect(() => run.stop({ timeoutMs: 5 } as never)).toThrow('stop: unknown option "timeoutMs"; did you mean "deadlineMs"?')
  expect(() => run.stop(5000 as never)).toThrow('stop: options must be an object, got 5000. It takes deadlineMs')
  await run
})
