import { describe, expect, it } from 'vitest'
import { map } from '@sluice/operators'
import { BoundedQueue, drain, failureOf, from, Topic, toQueue, toTopic } from '../index'
import { source } from '../authoring'

const refusing = (error: unknown) => map<number, number>((n) => { if (n === 2) throw error; return n }, { name: 'odd' })

describe('R70: an error leads to the failure of its run', () => {
  it('for code that has no run in hand', async () => {
    const error = new Error('no')
    const caught: unknown = await from([1, 2]).pipe(refusing(error)).to(drain()).run({ name: 'import' }).catch((reason: unknown) => reason)
    expect(caught).toBe(error)
    expect(failureOf(caught)).toMatchObject({ stage: 'odd', item: 2, path: ['from', 'odd'], error })
    expect(failureOf(caught)?.message).toMatch(/^import: stage 'odd' \(position 1\) failed on 2/)
  })

  it('as the run shows it: what must not be seen is not seen here either', async () => {
    const error = new Error('no')
    const run = from([2]).pipe(refusing(error)).to(drain()).run({ redact: () => 'hidden' })
    await run.catch(() => {})
    expect(failureOf(error)).toBe(run.failure)
    expect(failureOf(error)?.item).toBe('hidden')
  })

  it('of two runs that fail with one error, it is the one that ended last', async () => {
    const error = new Error('no')
    for (const name of ['first', 'second']) await from([2]).pipe(map<number, number>(() => { throw error }, { name })).to(drain()).run().catch(() => {})
    expect(failureOf(error)?.stage).toBe('second')
  })

  it.each(['queue', 'topic'] as const)('R72: through a %s between two runs it leads to where it began', async (by) => {
    const error = new Error('no')
    const queue = new BoundedQueue<number>({ capacity: 1 })
    const topic = new Topic<number>({ capacity: 1 })
    const reading = from(by === 'queue' ? queue : topic.subscribe()).pipe(map((n) => n)).to(drain()).run({ name: 'reading' })
    const feeding = from([1, 2]).pipe(refusing(error)).to(by === 'queue' ? toQueue(queue) : toTopic(topic)).run({ redact: () => 'hidden' })
    expect(await Promise.all([feeding.catch((reason: unknown) => reason), reading.catch((reason: unknown) => reason)])).toEqual([error, error])
    expect(reading.failure).toMatchObject({ stage: 'odd', item: 'hidden', path: ['from', 'odd'], position: 1, suppressed: [] })
    expect(reading.failure?.message).toMatch(/^reading: stage 'odd' \(position 1\) failed on/)
    // A stage that throws the same object by itself is told as the origin.
    const own = from([2]).pipe(map<number, number>(() => { throw error }, { name: 'own' })).to(drain()).run()
    await own.catch(() => {})
    expect(own.failure).toMatchObject({ stage: 'own', item: 2, path: ['from', 'own'] })
  })

  it('also of an error that only a cleanup has thrown', async () => {
    const error = new Error('close')
    const closing = source('closing', () => ({ pull: () => -2, close() { throw error } }))
    await closing.to(drain()).run().catch(() => {})
    expect(failureOf(error)).toMatchObject({ error })
  })

  it('there is none of an error of nobody, of a value that is no object, and of a run that was aborted', async () => {
    for (const other of [new Error('mine'), undefined, null, 'text', 5]) expect(failureOf(other)).toBeUndefined()
    const run = from([2]).pipe(refusing('text')).to(drain()).run()
    await run.catch(() => {})
    expect(run.failure?.error).toBe('text')
    expect(failureOf('text')).toBeUndefined()
    const reason = new Error('enough')
    const aborted = from([1]).to(drain()).run()
    await aborted.abort(reason)
    expect(failureOf(reason)).toBeUndefined()
  })
})

describe('R71: a run has the methods of a promise', () => {
  it('catch answers what the handler makes of the error, or the result', async () => {
    expect(await from([1, 2]).pipe(refusing(new Error('no'))).to(drain()).run().catch(() => 'caught')).toBe('caught')
    expect(await from([1]).pipe(map((n) => n)).to({ open: () => ({ write() {}, end: () => 'result' }) }).run().catch(() => 'caught')).toBe('result')
  })

  it('finally is called once, whatever the end, and passes the end on', async () => {
    let calls = 0
    const count = (): void => { calls++ }
    const error = new Error('no')
    await from([1]).to(drain()).run().finally(count)
    await expect(from([2]).pipe(refusing(error)).to(drain()).run().finally(count)).rejects.toBe(error)
    const run = from([1]).to(drain()).run()
    const ended = run.finally(count)
    await run.abort(error)
    await expect(ended).rejects.toBe(error)
    expect(calls).toBe(3)
  })
})
