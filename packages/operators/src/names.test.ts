import { describe, expect, it } from 'vitest'
import * as core from '@sluice/core'
import {
  BoundedQueue, defer, describePipeline, drain, empty, failing, first, forEach, from, fromProducer, interval, last, Limit, named, never, paginate, range, reduce, toArray, toQueue,
  Topic, toTopic, unfold, using, count, type Operator, type Pipeline, type Sink, type Source,
} from '@sluice/core'
import * as operators from './index'

const o = operators
const f = (n: never): never => n
const plain = o.map(f)
const branch = <T>(source: Source<T>): Source<T> => source

/** Each operator with a name. */
const OPERATORS: Record<string, (options: { readonly name: string }) => unknown> = {
  alsoTo: (options) => o.alsoTo(drain(), options), auditTime: (options) => o.auditTime(1, options), balance: (options) => o.balance(1, branch, options),
  batch: (options) => o.batch(1, options), batchWhileBusy: (options) => o.batchWhileBusy({ maxCount: 1, ...options }),
  broadcast: (options) => o.broadcast([branch], options), buffer: (options) => o.buffer(1, options), catchError: (options) => o.catchError(() => [], options),
  circuitBreaker: (options) => o.circuitBreaker(plain, { circuit: { failures: 1, resetMs: 1 }, ...options }),
  combineLatest: (options) => o.combineLatest([[1], [2]], options), combineLatestWith: (options) => o.combineLatestWith([1], options),
  concat: (options) => o.concat([1], [2], options), concatMap: (options) => o.concatMap(() => [], options), concatWith: (options) => o.concatWith([1], options),
  conflate: (options) => o.conflate(f, options), conflateWithSeed: (options) => o.conflateWithSeed(f, f, options), countValues: (options) => o.countValues(() => {}, options),
  deadLetterItem: (options) => o.deadLetterItem(plain, drain(), options), debounce: (options) => o.debounce(1, options),
  defaultIfEmpty: (options) => o.defaultIfEmpty(1, options), delay: (options) => o.delay(1, options), dematerialize: (options) => o.dematerialize(options),
  distinct: (options) => o.distinct({ maxKeys: 1, ...options }), distinctUntilChanged: (options) => o.distinctUntilChanged(Object.is, options),
  elementAt: (options) => o.elementAt(1, options), endWith: ({ name }) => o.endWith(1, named(name)), enumerate: (options) => o.enumerate(0, options),
  every: (options) => o.every(f, options), exhaustMap: (options) => o.exhaustMap(() => [], options), expand: (options) => o.expand(() => [], options),
  fallback: (options) => o.fallback([1], options), filter: (options) => o.filter(f, options), filterAsync: (options) => o.filterAsync(f, { concurrency: 1, ...options }),
  find: (options) => o.find(f, options), flatMap: (options) => o.flatMap(() => [], options), groupBy: (options) => o.groupBy(f, { maxGroups: 1, ...options }),
  ignoreElements: (options) => o.ignoreElements(options), inspectEdge: (options) => o.inspectEdge(() => {}, options), interleave: (options) => o.interleave([1], options),
  label: ({ name }) => o.label(name), log: (options) => o.log('x', { logger: () => {}, ...options }), map: (options) => o.map(f, options), mapAsync: (options) => o.mapAsync(f, { concurrency: 1, ...options }),
  mapAsyncKeyed: (options) => o.mapAsyncKeyed(f, f, { concurrency: 1, ...options }), mapAsyncUnordered: (options) => o.mapAsyncUnordered(f, { concurrency: 1, ...options }),
  mapStateful: (options) => o.mapStateful(() => 0, () => [0, 0], options), materialize: (options) => o.materialize(options), measure: (options) => o.measure(() => {}, options),
  merge: (options) => o.merge([1], [2], options), mergeMap: (options) => o.mergeMap(() => [], { concurrency: 1, ...options }),
  mergePriority: (options) => o.mergePriority([[1]], { strict: true, ...options }), mergeSorted: (options) => o.mergeSorted([[1]], () => 0, options),
  mergeWith: (options) => o.mergeWith([1], options), onErrorResume: (options) => o.onErrorResume([[1]], options), pairwise: (options) => o.pairwise(options),
  partition: (options) => o.partition(() => true, branch, branch, options), pauseWhen: (options) => o.pauseWhen([true], options),
  publish: (options) => o.publish(new Topic<never>({ capacity: 1 }), options), race: (options) => o.race([1], [2], options), raceWith: (options) => o.raceWith([1], options),
  rateLimit: (options) => o.rateLimit({ rate: 1, ...options }), restart: (options) => o.restart(options), retryItem: (options) => o.retryItem(plain, { times: 1, ...options }),
  retrySource: (options) => o.retrySource({ times: 1, ...options }), route: (options) => o.route({ a: branch }, () => 'a', options), sample: (options) => o.sample(1, options),
  scan: (options) => o.scan(f, 0 as never, options), sessionWindow: (options) => o.sessionWindow(1, { maxCount: 1, ...options }), share: (options) => o.share([1], options),
  skip: (options) => o.skip(1, options), skipLast: (options) => o.skipLast(1, options), skipUntil: (options) => o.skipUntil([1], options), skipWhile: (options) => o.skipWhile(f, options),
  some: (options) => o.some(f, options), startWith: ({ name }) => o.startWith(1, named(name)), supervise: (options) => o.supervise(plain, 'skip', options),
  switchMap: (options) => o.switchMap(() => [], options), take: (options) => o.take(1, options), takeLast: (options) => o.takeLast(1, options), takeUntil: (options) => o.takeUntil([1], options),
  takeWhile: (options) => o.takeWhile(f, options), tap: (options) => o.tap(f, options), tapAsync: (options) => o.tapAsync(f, { concurrency: 1, ...options }),
  tapEnd: (options) => o.tapEnd(() => {}, options), tapError: (options) => o.tapError(() => {}, options), throttle: (options) => o.throttle({ rate: 1, ...options }),
  throttleFirst: (options) => o.throttleFirst(1, options), throttleLast: (options) => o.throttleLast(1, options), throwIfEmpty: (options) => o.throwIfEmpty(undefined, options),
  timeout: (options) => o.timeout({ idleMs: 1, ...options }), timestamp: (options) => o.timestamp(options), unzip: (options) => o.unzip([branch], options),
  windowCount: (options) => o.windowCount(1, options), windowEventTime: (options) => o.windowEventTime({ sizeMs: 1, time: () => 0, maxWindows: 1, maxCount: 1, ...options }),
  windowTime: (options) => o.windowTime(1, { maxCount: 1, ...options }), wireTap: (options) => o.wireTap(drain(), options), withLatestFrom: (options) => o.withLatestFrom([1], options),
  zip: (options) => o.zip([1], [2], options), zipLongest: (options) => o.zipLongest([[1]], options), zipWith: (options) => o.zipWith([1], options),
}

const SOURCES: Record<string, (options: { readonly name: string }) => Source<unknown>> = {
  defer: (options) => defer(() => [], options), empty, failing: (options) => failing(0, options), from: (options) => from([1], options), fromProducer: (options) => fromProducer(() => {}, options),
  interval: (options) => interval(1, options), never, paginate: (options) => paginate(0, () => ({ items: [] }), options), range: (options) => range(0, 1, options),
  unfold: (options) => unfold(0, () => undefined, options), using: (options) => using(() => 0, () => [], () => {}, options),
}

const SINKS: Record<string, (options: { readonly name: string }) => Sink<never, unknown>> = {
  count, drain, first, last, toArray, forEach: (options) => forEach(() => {}, options), reduce: (options) => reduce(f, 0 as never, options),
  toQueue: (options) => toQueue(new BoundedQueue<never>({ capacity: 1 }), options), toTopic: (options) => toTopic(new Topic<never>({ capacity: 1 }), options),
}

/** Functions that make no stage. */
const NO_STAGE = ['deadLetter', 'describePipeline', 'diagnose', 'explain', 'failureOf', 'graphOf', 'named', 'retry', 'setConcurrency', 'setRate', 'steadyClock', 'tapStage', 'watchFailures', 'whatIf']

/** A pipeline with what was made. */
function pipelineOf(made: unknown): Pipeline<unknown> {
  if (typeof made === 'function') return from([1]).pipe(made as Operator<unknown, unknown>).to(drain())
  return 'pipe' in (made as object) ? (made as Source<unknown>).to(drain()) : from<never>([]).to(made as Sink<never, unknown>)
}

const lowerCase = (module: object): string[] => Object.entries(module).filter(([name, value]) => typeof value === 'function' && /^[a-z]/.test(name)).map(([name]) => name)

describe('everything takes a name', () => {
  it('this table has all operators, sources and sinks', () => {
    expect(Object.keys(OPERATORS).sort()).toEqual(lowerCase(operators).sort())
    expect([...Object.keys(SOURCES), ...Object.keys(SINKS), ...NO_STAGE].sort()).toEqual(lowerCase(core).sort())
  })

  it.each(Object.entries({ ...OPERATORS, ...SOURCES, ...SINKS }))('O0: %s has the name it is given, and tells what it does', async (owner, make) => {
    const pipeline = pipelineOf(make({ name: 'a name of its own' }))
    const { stages, unknown } = describePipeline(pipeline)
    expect(stages.find(({ name }) => name === 'a name of its own')).toMatchObject({ madeBy: owner })
    expect(unknown).toEqual([])
    const run = pipeline.run()
    expect(run.graph().nodes.map(({ name }) => name)).toContain('a name of its own')
    await run.abort()
  })

  it.each(Object.entries({ ...OPERATORS, ...SOURCES, ...SINKS }).filter(([name]) => name !== 'label' && name !== 'startWith' && name !== 'endWith'))(
    'O13: %s refuses an option that it does not take, and tells which one was meant', (_owner, make) => {
      expect(() => make({ name: 'x', naem: 'y' } as never)).toThrow('unknown option "naem"; did you mean "name"?')
    })

  it('the name is that of the running stage, too', async () => {
    const run = from([1, 2], { name: 'numbers' }).pipe(o.take(1, { name: 'head' }), o.mergeWith([3], { name: 'all' }), o.startWith(0, named('zero'))).to(toArray({ name: 'list' })).run()
    expect(await run).toEqual([0, 1, 3])
    expect(run.stats().stages.map(({ name }) => name)).toEqual(expect.arrayContaining(['head', 'all', 'zero', 'list']))
  })

  it('the given name is told by a failure', async () => {
    const run = from([1]).pipe(o.throwIfEmpty(undefined, { name: 'some' }), o.elementAt(5, { name: 'sixth' })).to(drain()).run()
    await expect(run).rejects.toThrow('sixth: the source ended')
    expect(run.failure).toMatchObject({ stage: 'sixth' })
  })

  it('takes a limit by itself as options no more than anything else', () => {
    expect(() => o.mergeWith(new Limit({ concurrency: 1 }) as never)).toThrow('mergeWith: others[0] must be an iterable')
    expect(() => o.mergeWith({} as never)).toThrow('mergeWith: others[0] must be an iterable')
  })
})
