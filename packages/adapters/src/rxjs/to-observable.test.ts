import * as rx from 'rxjs'
import { describe, expect, it } from 'vitest'
import { failing, from, never, range, toArray } from '@sluice/core'
import { manualSource, settle, SHAPES, VALUES } from '@sluice/testing'
import { asRxOperator } from './as-rx-operator'
import { throughRx } from './through-rx'
import { toObservable } from './to-observable'
import { toSubject } from './to-subject'
import { unhandledRejections } from '../../../../test/unhandled-rejections'

describe('toObservable', () => {
  for (const { name: valuesName, values } of VALUES) {
    it.each(SHAPES.map((shape) => [shape.name, shape] as const))(`A1: ${valuesName} %s`, async (_name, shape) => {
      expect(await rx.lastValueFrom(toObservable(shape.make(values)).pipe(rx.toArray()))).toEqual(values)
    })
  }

  it('A2, A4: reads no value beyond the one on which it was unsubscribed, and closes the source', async () => {
    const probe = manualSource<number>()
    const values = rx.lastValueFrom(toObservable(probe.source).pipe(rx.take(2), rx.toArray()))
    probe.emit(1, 2, 3, 4)
    expect(await values).toEqual([1, 2])
    await settle(2)
    expect([probe.delivered, probe.closeCount]).toEqual([2, 1])
  })

  it('A3: an error is the original one, after what came before it', async () => {
    const error = new Error('sluice')
    const probe = manualSource<number>()
    const notifications = rx.lastValueFrom(toObservable(probe.source).pipe(rx.materialize(), rx.toArray()))
    probe.emit(1)
    await settle(2)
    probe.fail(error)
    expect((await notifications).map(({ kind, value, error: e }) => ({ kind, value, e: e as unknown }))).toEqual([{ kind: 'N', value: 1, e: undefined }, { kind: 'E', value: undefined, e: error }])
  })

  it('A5: is cold: each subscription is a run of its own', async () => {
    let runs = 0
    const source = from((async function* () { yield ++runs })())
    expect(runs).toBe(0)
    const observable = toObservable(range(0, 3))
    expect(await Promise.all([rx.lastValueFrom(observable.pipe(rx.toArray())), rx.lastValueFrom(observable.pipe(rx.toArray()))])).toEqual([[0, 1, 2], [0, 1, 2]])
    expect(await rx.lastValueFrom(toObservable(source))).toBe(1)
  })

  it('A7: unsubscribing a run that fails at the same moment is quiet', async () => {
    const seen: unknown[] = []
    const unhandled = await unhandledRejections(() => {
      const subscription = toObservable(failing(new Error('x'))).subscribe({ error: (error) => seen.push(error) })
      subscription.unsubscribe()
      toObservable(never()).subscribe().unsubscribe()
    })
    expect(unhandled).toEqual([])
    expect(seen).toEqual([])
  })
})

describe('throughRx', () => {
  it('A2: holds the source back while a result waits', async () => {
    let read = 0
    const counted = from((function* () { for (;;) yield read++ })())
    const run = counted.pipe(throughRx(rx.map((n: number) => n))).to({
      open: () => ({ write: () => new Promise(() => {}), end() {} }),
    }).run()
    await settle(5)
    expect(read).toBeLessThan(5)
    await run.abort().catch(() => {})
    await run.then(() => {}, () => {})
  })

  it('A3: a failure of the source goes through the operators, one of an operator fails the run', async () => {
    const error = new Error('source')
    expect(await failing(error).pipe(throughRx<never, unknown>(rx.catchError((e) => rx.of(e)))).to(toArray()).run()).toEqual([error])
    const run = from([1, 2]).pipe(throughRx(rx.map((n: number) => { if (n === 2) throw error; return n }))).to(toArray()).run()
    await expect(run).rejects.toBe(error)
    expect(run.failure?.stage).toBe('throughRx')
    await expect(failing(error).pipe(throughRx(rx.map((n: number) => n))).to(toArray()).run()).rejects.toBe(error)
  })

  it('A4: closes the source where the operators end first', async () => {
    const probe = manualSource<number>()
    const run = probe.source.pipe(throughRx(rx.take(1))).to(toArray()).run()
    probe.emit(1, 2)
    expect([await run, probe.closeCount]).toEqual([[1], 1])
  })

  it('A2: fails where more is made of a value than fits, and says what to do', async () => {
    const run = from([1]).pipe(throughRx({ capacity: 10 }, rx.mergeMap((n: number) => rx.range(n, 20)))).to(toArray()).run()
    await expect(run).rejects.toThrow('throughRx: the RxJS operators made more than 10 values before one was taken; give it a larger capacity')
  })

  it('A9: refuses what is no operator', () => {
    expect(() => throughRx(rx.map((n: number) => n), 5 as never)).toThrow('throughRx: operator 2 must be one of RxJS, got number')
    expect(() => throughRx({ capacity: 0 })).toThrow('throughRx: capacity must be a whole number of at least 1, got 0')
  })
})

describe('asRxOperator', () => {
  it('A1: a Sluice operator in a pipe of RxJS', async () => {
    const doubled = asRxOperator<number, number>((source) => source.pipe(throughRx(rx.map((n: number) => n * 2))))
    expect(await rx.lastValueFrom(rx.of(1, 2, 3).pipe(doubled, rx.toArray()))).toEqual([2, 4, 6])
  })

  it('A3, A4: errors pass as they are, unsubscribing reaches the far end', async () => {
    const same = asRxOperator<number, number>((source) => source)
    const error = new Error('rx')
    await expect(rx.lastValueFrom(rx.throwError(() => error).pipe(same))).rejects.toBe(error)
    let open = 1
    const endless = new rx.Observable<number>(() => () => { open-- })
    const subscription = endless.pipe(same).subscribe()
    await settle(2)
    subscription.unsubscribe()
    await settle(2)
    expect(open).toBe(0)
  })
})

describe('toSubject', () => {
  it('A1: pushes each value, completes, and says how many', async () => {
    const subject = new rx.ReplaySubject<number>()
    expect(await range(0, 3).to(toSubject(subject)).run()).toBe(3)
    expect(await rx.lastValueFrom(subject.pipe(rx.toArray()))).toEqual([0, 1, 2])
  })

  it('A3: hands a failure on, unless it is told not to', async () => {
    const error = new Error('source')
    const subject = new rx.Subject()
    const seen: unknown[] = []
    subject.subscribe({ error: (e) => seen.push(e) })
    await failing(error).to(toSubject(subject, { preventAbort: true })).run().then(() => {}, () => {})
    expect(seen).toEqual([])
    await failing(error).to(toSubject(subject)).run().then(() => {}, () => {})
    expect(seen).toEqual([error])
  })

  it('A9: refuses what is no subject', () => {
    expect(() => toSubject({} as never)).toThrow('toSubject: subject.next must be a function, got undefined')
  })
})
