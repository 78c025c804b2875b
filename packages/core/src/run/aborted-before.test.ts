import { describe, expect, it } from 'vitest'
import { concatWith, mergeMap, takeUntil, zipWith } from '@sluice/operators'
import { listenerCount } from '../../../../test/listener-count'
import {
  BoundedQueue, defer, drain, from, fromProducer, interval, Limit, paginate, PriorityQueue, Topic, using, WorkerPool,
  type Pipeline,
} from '../index'
import { sink, source } from '../authoring'

const REASON = new Error('before')
const signal = AbortSignal.abort(REASON)

describe('a signal that was aborted before', () => {
  const called: string[] = []
  const call = <R>(name: string, answer: R) => (): R => {
    called.push(name)
    return answer
  }
  const iterable = { [Symbol.iterator]: call('[Symbol.iterator]', [].values()) }
  const pipelines: Record<string, Pipeline<unknown>> = {
    defer: defer(call('defer', [1])).to(drain()),
    using: using(call('acquire', 1), call('use', [1]), call('release', undefined)).to(drain()),
    iterable: from(iterable).to(drain()),
    'async iterable': from({ [Symbol.asyncIterator]: call('[Symbol.asyncIterator]', { next: call('next', Promise.resolve({ done: true as const, value: 1 })) }) }).to(drain()),
    paginate: paginate(0, call('fetchPage', { items: [] })).to(drain()),
    fromProducer: fromProducer(call('produce', undefined)).to(drain()),
    source: source('mine', call('source', { pull: () => -2 })).to(drain()),
    sink: from([1]).to(sink('mine', call('sink', { write() {}, end() {} }))),
    concat: from([1]).pipe(concatWith(iterable)).to(drain()),
    zip: from([1]).pipe(zipWith(iterable)).to(drain()),
    mergeMap: from([1]).pipe(mergeMap(call('project', []), { concurrency: 1 })).to(drain()),
    takeUntil: interval(1).pipe(takeUntil(from(iterable))).to(drain()),
  }

  it.each(Object.entries(pipelines))('R25: opens nothing and calls nothing: %s', async (_, pipeline) => {
    called.length = 0
    const run = pipeline.run({ signal })
    await expect(run).rejects.toBe(REASON)
    expect([called, run.status, run.failure, run.unstopped]).toEqual([[], 'aborted', undefined, []])
    expect(run.stats().stages.map(({ out }) => out)).toEqual([0])
    expect(run.graph().edges).toEqual([])
    expect(await run.stop()).toMatchObject({ status: 'aborted', finished: 0, abandoned: 0 })
    await run.abort()
    run.pause()
    run.resume()
    expect(listenerCount(signal, 'abort')).toBe(0)
  })

  it('Q5: refuses each verb that waits, and leaves nothing inside', async () => {
    const queue = new BoundedQueue<number>({ capacity: 2 })
    const priorities = new PriorityQueue<number>({ capacity: 2, compare: (a, b) => a - b })
    const topic = new Topic<number>({ capacity: 2 })
    const subscription = topic.subscribe({ policy: 'wait' })
    const limit = new Limit({ concurrency: 1 })
    const pool = new WorkerPool<number, void>(call('worker', undefined), { concurrency: 1, capacity: 1 })
    called.length = 0
    await queue.put(1)
    for (const verb of [
      () => queue.put(2, { signal }), () => queue.take({ signal }), () => queue.takeUpTo(2, { signal }), () => priorities.put(1, { signal }), () => priorities.take({ signal }),
      () => topic.publish(1, { signal }), () => subscription.take({ signal }), () => limit.acquire({ signal }), () => limit.run(call('run', undefined), { signal }),
      () => pool.run(1, { signal }), () => pool.submit(1, { signal }),
    ]) await expect(verb()).rejects.toBe(REASON)
    expect([called, queue.size, priorities.size, limit.active]).toEqual([[], 1, 0, 0])
  })
})
