import { describe, expect, it } from 'vitest'
import { ExploringScheduler, settle, VirtualClock } from '@sluice/testing'
import { drain, from, range, retry, toArray, type OnError, type Operator } from '../index'
import { asyncOperator, CallStage, FunctionCalls, type Call, type CallMaker, type Calls, type CallsOptions, type Work } from '../authoring'

type Given<A, B> = Partial<CallsOptions<A, B>>

const called = <A, B>(maker: CallsOptions<A, B>['maker'], given: Given<A, B> = {}): Operator<A, B> =>
  asyncOperator<A, B>('called', (upstream, stage) => new CallStage<A, B>(upstream, stage, {
    emits: 'result', order: 'entered', tells: 'of failures', onError: undefined, ...given, maker,
  }))
const byFunction = <A, B>(work: Work<A, B>, concurrency: number, given: Given<A, B> = {}, beside = concurrency): Operator<A, B> =>
  called<A, B>((calls) => new FunctionCalls<A, B>(calls, work, concurrency, beside), given)

const AGAIN: OnError<number> = () => ({ retryAfterMs: 0 })

/** A maker that does nothing by itself: the test says what comes of each call. */
class Manual implements CallMaker<number, number> {
  readonly capacity = 4
  readonly made: Call<number, number>[] = []
  closed: unknown
  calls!: Calls<number, number>

  room(running: number): number {
    return this.capacity - running
  }

  make(call: Call<number, number>): void {
    this.made.push(call)
  }
}

const manual = (given: Given<number, number> = {}, more: object = {}): { maker: Manual; operator: Operator<number, number> } => {
  const maker = Object.assign(new Manual(), more)
  return { maker, operator: called<number, number>((calls) => { maker.calls = calls; return maker }, given) }
}

describe('Calls', () => {
  it('hand on results in the order of entering, or as they come', async () => {
    const clock = new VirtualClock()
    const work = async (n: number): Promise<number> => { await clock.sleep(40 - 10 * n); return n }
    const outcome = (order: 'entered' | 'settled') => clock.runOut(range(0, 4).pipe(byFunction(work, 4, { order })).to(toArray()).run({ clock }))
    expect([await outcome('entered'), await outcome('settled')]).toEqual([[0, 1, 2, 3], [3, 2, 1, 0]])
  })

  it.each(['result', 'item', 'chosen item'] as const)('O7: under 100 interleavings each value comes out once, and bounds hold: %s', async (emits) => {
    for (let seed = 1; seed <= 100; seed++) {
      let running = 0
      let most = 0
      const work = async (n: number): Promise<number> => {
        most = Math.max(most, ++running)
        if (n % 3 === 0) await settle(1)
        running--
        return n % 4
      }
      const order = seed % 2 === 0 ? 'entered' : 'settled'
      const run = range(0, 24).pipe(byFunction(work, 3, { emits, order }, 2)).to(toArray()).run({ scheduler: new ExploringScheduler(seed) })
      const result = await run
      const expected = Array.from({ length: 24 }, (_, n) => n).flatMap((n) => (emits === 'result' ? [n % 4] : emits === 'item' || n % 4 > 0 ? [n] : []))
      const inOrder = (values: number[]) => (order === 'entered' ? values : [...values].sort((a, b) => a - b))
      expect([most <= 3, inOrder(result)]).toEqual([true, inOrder(expected)])
    }
  })

  it('a place is taken until the call has settled, and by an overdue try for longer', async () => {
    const { maker, operator } = manual({ onError: 'skip' })
    const run = range(0, 6).pipe(operator).to(toArray()).run()
    await settle(2)
    const [first] = maker.made as [Call<number, number>]
    expect(maker.made.length).toBe(4)
    first.overdue = 'its try'
    maker.calls.rejected(first, new Error('late'))
    await settle(2)
    expect([maker.calls.running, maker.made.length]).toEqual([4, 4])
    maker.calls.vacated(undefined, undefined)
    await settle(2)
    expect([maker.calls.running, maker.made.length]).toEqual([4, 5])
    while (maker.calls.open > 0) {
      for (const call of maker.made.splice(0)) if (call.state === 'running') maker.calls.resolved(call, call.item as number)
      await settle(1)
    }
    expect(await run).toEqual([1, 2, 3, 4, 5])
  })

  it('a next try waits for the overdue one, and is a turn of its own', async () => {
    const { maker, operator } = manual({ onError: AGAIN })
    const run = from([7]).pipe(operator).to(toArray()).run()
    await settle(2)
    const [call] = maker.made as [Call<number, number>]
    call.overdue = 'its try'
    maker.calls.rejected(call, new Error('late'))
    await settle(2)
    expect(maker.made.length).toBe(1)
    maker.calls.vacated(call, undefined)
    expect(maker.made.length).toBe(1)
    await settle(2)
    expect([maker.made.length, call.attempt]).toEqual([2, 2])
    maker.calls.resolved(call, 8)
    expect(await run).toEqual([8])
  })

  it('what cannot be repeated fails with the error of its try, though onError would try it again', async () => {
    const { maker, operator } = manual({ onError: retry({ times: 5 }) })
    const run = from([7]).pipe(operator).to(drain()).run()
    await settle(2)
    const [call] = maker.made as [Call<number, number>]
    call.unrepeatable = true
    const error = new Error('gone')
    maker.calls.rejected(call, error)
    await expect(run).rejects.toBe(error)
    expect(run.failure).toMatchObject({ item: 7, attempt: 1 })
  })

  it.each<['waits for' | 'gives up', number]>([['waits for', 1], ['gives up', 0]])('an abort %s the calls that run, as the maker says', async (how, expected) => {
    let left = 0
    const { maker, operator } = manual({}, how === 'waits for' ? { leave: () => { left++ } } : { close: () => Promise.resolve() })
    const clock = new VirtualClock()
    const run = range(0, 2).pipe(operator).to(drain()).run({ clock })
    run.then(() => {}, () => {})
    await settle(2)
    const aborted = run.abort()
    await clock.advance(1000)
    await aborted
    expect([left, clock.now()]).toEqual([expected, 1000])
    expect(maker.made.length).toBe(2)
  })

  it('R24: a call that waits for its next item holds neither item nor result nor key nor error', async () => {
    const { maker, operator } = manual({ onError: AGAIN, order: 'settled' })
    const run = from([7]).pipe(operator).to(toArray()).run()
    await settle(2)
    const [call] = maker.made as [Call<number, number>]
    call.key = {}
    maker.calls.rejected(call, new Error('once'))
    await settle(2)
    expect(call.attempt).toBe(2)
    maker.calls.resolved(call, 8)
    await run
    expect([call.item, call.value, call.key, call.error, call.ticket, call.attempt]).toEqual([undefined, undefined, undefined, undefined, undefined, 1])
  })

  it('T2: whatever fails, each ticket is settled once, and the totals add up', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const policies: OnError<number>[] = ['skip', retry({ times: 2, delayMs: 0 }), 'fail']
      const run = range(0, 30).pipe(byFunction<number, number>((n, { attempt }) => {
        if (n % 7 === seed % 7 && attempt < 2) throw new Error('now')
        return n % 5 === 0 ? Promise.reject(new Error('later')) : Promise.resolve(n)
      }, 3, { onError: policies[seed % 3], order: seed % 2 === 0 ? 'entered' : 'settled' })).to(drain()).run({ scheduler: new ExploringScheduler(seed) })
      await run.then(() => {}, () => {})
      const { read, ...fates } = run.stats().totals as unknown as Record<string, number>
      const sum = Object.values(fates).reduce((all, count) => all + (typeof count === 'number' ? count : 0), 0)
      expect(sum).toBe(read)
    }
  })
})
