import fc from 'fast-check'
import * as rx from 'rxjs'
import { describe, expect, it } from 'vitest'
import { forEach, from, QueueFullError, toArray, type Source } from '@sluice/core'
import { settle, VALUES } from '@sluice/testing'
import { fromObservable } from './from-observable'
import { fromSubject } from './from-subject'
import { toObservable } from './to-observable'
import { toSubject } from './to-subject'

const FAIL = { capacity: 1000, overflow: 'fail' } as const
const first = <T>(source: Source<T>, count: number): Promise<T[]> => (async () => {
  const values: T[] = []
  for await (const value of source) if (values.push(value) === count) break
  return values
})()

describe('fromObservable', () => {
  it.each(VALUES.map(({ name, values }) => [name, values] as const))('A1: %s come in order, pushed at once or over time', async (_name, values) => {
    expect(await fromObservable(rx.from(values), FAIL).to(toArray()).run()).toEqual(values)
    expect(await fromObservable(rx.from(values).pipe(rx.observeOn(rx.asapScheduler)), FAIL).to(toArray()).run()).toEqual(values)
  })

  it('A1: subscribes in the call of run, once per run', async () => {
    let subscriptions = 0
    const source = fromObservable(rx.defer(() => rx.of(++subscriptions)), FAIL)
    expect(subscriptions).toBe(0)
    expect([await source.to(toArray()).run(), await source.to(toArray()).run()]).toEqual([[1], [2]])
  })

  it.each([['drop-oldest', [7, 8, 9]], ['drop-newest', [0, 1, 2]], ['latest', [9]]] as const)('A2: with %s only so many wait, the others are counted and offered', async (overflow, kept) => {
    const dropped: number[] = []
    const run = fromObservable(rx.range(0, 10), { capacity: 3, overflow, onDrop: (value) => dropped.push(value) }).to(toArray()).run()
    expect(await run).toEqual(kept)
    expect([...kept, ...dropped].sort((a, b) => a - b)).toEqual(Array.from({ length: 10 }, (_, i) => i))
    expect(run.stats().stages[0]?.dropped).toBe(dropped.length)
  })

  it('A2: with fail what fits is delivered, then it fails; a synchronous endless Observable is told to stop', async () => {
    const seen: number[] = []
    const endless = new rx.Observable<number>((subscriber) => { for (let n = 0; !subscriber.closed; n++) subscriber.next(n) })
    const run = fromObservable(endless, { capacity: 3, overflow: 'fail' }).to(forEach((n) => { seen.push(n) })).run()
    await expect(run).rejects.toBeInstanceOf(QueueFullError)
    expect(seen).toEqual([0, 1, 2])
  })

  it('A2: says when to pause the producer and when to resume it', async () => {
    const subject = new rx.Subject<number>()
    const calls: string[] = []
    const source = fromObservable(subject, { capacity: 8, overflow: 'fail', onHigh: () => calls.push('high'), onLow: () => calls.push('low') })
    let go = (): void => {}
    const gate = new Promise<void>((resolve) => { go = resolve })
    const run = source.to(forEach(() => gate)).run()
    await settle(1)
    for (let n = 0; n < 7; n++) subject.next(n)
    expect(calls).toEqual(['high'])
    go()
    await settle(3)
    expect(calls).toEqual(['high', 'low'])
    subject.complete()
    await run
  })

  it('A3: an error comes after what was pushed, as the same object', async () => {
    const error = new Error('rx')
    const seen: number[] = []
    const run = fromObservable(rx.concat(rx.of(1, 2), rx.throwError(() => error)), FAIL).to(forEach((n) => { seen.push(n) })).run()
    await expect(run).rejects.toBe(error)
    expect([seen, run.failure?.stage]).toEqual([[1, 2], 'fromObservable'])
  })

  it('A4, A5: unsubscribes at every end', async () => {
    let open = 0
    const ticking = new rx.Observable<number>((subscriber) => {
      open++
      subscriber.next(1)
      return () => { open-- }
    })
    const source = fromObservable(ticking, FAIL)
    expect(await first(source, 1)).toEqual([1])
    const stopped = source.to(toArray()).run()
    await settle(1)
    await stopped.stop()
    expect(await stopped).toEqual([1])
    const aborted = source.to(toArray()).run()
    await settle(1)
    await aborted.abort()
    await fromObservable(rx.merge(ticking, rx.throwError(() => new Error('x'))), FAIL).to(toArray()).run().then(() => {}, () => {})
    expect(open).toBe(0)
  })

  it('A6: there and back again, any values, any moments', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.anything(), { maxLength: 40 }), fc.boolean(), async (values, async) => {
      const observable = async ? rx.from(values).pipe(rx.observeOn(rx.asapScheduler)) : rx.from(values)
      expect(await rx.lastValueFrom(toObservable(fromObservable(observable, FAIL)).pipe(rx.toArray()))).toEqual(values)
    }), { numRuns: 50 })
  })

  it('works with what has Symbol.observable, and with a platform Observable that takes a signal', async () => {
    const symbol = (Symbol as { readonly observable?: symbol }).observable ?? '@@observable'
    const interop = { [symbol]: () => rx.of(1, 2) } as unknown as rx.InteropObservable<number>
    expect(await fromObservable(interop, FAIL).to(toArray()).run()).toEqual([1, 2])
    let told = false
    const platform = {
      subscribe(observer: { next(value: number): void }, options?: { readonly signal: AbortSignal }): void {
        options?.signal.addEventListener('abort', () => { told = true })
        observer.next(7)
      },
    }
    expect(await first(fromObservable(platform, FAIL), 1)).toEqual([7])
    expect(told).toBe(true)
  })

  it('A9: refuses to go without a policy, and what cannot be subscribed to', () => {
    expect(() => fromObservable(rx.of(1), undefined as never)).toThrow('fromObservable: overflow must be given, with capacity: who pushes cannot be held back')
    expect(() => fromObservable(rx.of(1), { capacity: 1 } as never)).toThrow("fromObservable: overflow must be one of 'drop-oldest', 'drop-newest', 'latest', 'fail', got undefined")
    expect(() => fromObservable(rx.of(1), { capacity: 0.5, overflow: 'fail' })).toThrow('fromObservable: capacity must be a whole number')
    expect(() => fromObservable(5 as never, FAIL)).toThrow('fromObservable: expected something with subscribe or Symbol.observable, got number')
  })
})

it('fromSubject: gets what goes through it from the call of run on', async () => {
  const subject = new rx.BehaviorSubject(0)
  const run = fromSubject(subject, FAIL).to(toArray()).run()
  subject.next(1)
  await settle(1)
  subject.next(2)
  subject.complete()
  expect(await run).toEqual([0, 1, 2])
})

it('A5: an Observable of another make that is given up while it is being subscribed to is unsubscribed from', async () => {
  let open = 0
  const endless = {
    subscribe(observer: { next(value: number): void }) {
      open++
      for (let n = 0; n < 10; n++) observer.next(n)
      return { unsubscribe: () => { open-- } }
    },
  }
  await expect(fromObservable(endless, { capacity: 2, overflow: 'fail' }).to(toArray()).run()).rejects.toBeInstanceOf(QueueFullError)
  expect(open).toBe(0)
})

it('A12: a Subject that has ended takes nothing, so no run says that it has', async () => {
  const completed = new rx.Subject<number>()
  completed.complete()
  const failed = new rx.Subject<number>()
  failed.error(new Error('before'))
  const unsubscribed = new rx.Subject<number>()
  unsubscribed.unsubscribe()
  for (const subject of [completed, failed, unsubscribed]) {
    const run = from([1, 2]).to(toSubject(subject)).run()
    await expect(run).rejects.toThrow('toSubject: the subject had ended')
    expect([run.failure?.item, run.stats().totals.delivered]).toEqual([1, 0])
  }
  const observer = { seen: [] as number[], next(value: number) { this.seen.push(value) }, error() {}, complete() {} }
  expect([await from([1, 2]).to(toSubject(observer)).run(), observer.seen]).toEqual([2, [1, 2]])
})
