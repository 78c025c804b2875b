import { describe, expect, it } from 'vitest'
import { operatorLaws, settle, VirtualClock } from '@sluice/testing'
import { SliceScheduler } from './slice-scheduler'
import { PromiseStore, throughStore } from '../../test/promise-store'
import { asyncOperator, macrotask, PENDING, PromiseReads, source, type Outlet, type Stage } from '../authoring'
import { drain, forEach, from, range, toArray } from '../index'

/** Each answer is settled by hand. */
class ByHand extends PromiseReads<number | undefined, number> {
  readonly answers: { readonly resolve: (value: number | undefined) => void; readonly reject: (error: unknown) => void }[] = []
  /** As an input wakes that shares its consumer with others. */
  poke(): void { this.stage.wake() }
  protected read(): Promise<number | undefined> {
    return new Promise((resolve, reject) => { this.answers.push({ resolve, reject }) })
  }
  protected accept(value: number | undefined): void {
    if (value === undefined) this.end()
    else if (value < 0) throw new Error(`${value} is no value`)
    else this.hold(value)
  }
}
const byHand = (): { readonly read: () => ByHand; readonly values: ReturnType<typeof source<number>> } => {
  let reads!: ByHand
  return { read: () => reads, values: source<number>('byHand', (stage: Stage) => (reads = new ByHand(stage))) }
}

describe('one read at a time, and only for what was asked for', () => {
  it('S9: begins no second read while one is under way, and none before the first pull', async () => {
    const { read, values } = byHand()
    const iterator = values[Symbol.asyncIterator]()
    await settle()
    const first = iterator.next()
    await settle()
    expect(read().answers).toHaveLength(1)
    read().poke()
    await settle()
    expect(read().answers).toHaveLength(1)
    read().answers[0]?.resolve(1)
    expect(await first).toEqual({ done: false, value: 1 })
    await settle()
    // Nobody has asked for a second one.
    expect(read().answers).toHaveLength(1)
    await iterator.return?.()
  })

  it('S7: what a batch of a burst has left over is told of within a turn, though the next value does not come', async () => {
    const { read, values } = byHand()
    const into: number[] = []
    let wakes = 0
    let outlet!: Outlet<number>
    const run = asyncOperator<number, number>('byHand', (upstream, stage) => {
      outlet = stage.open(upstream, () => { wakes++ })
      return { pull: () => PENDING }
      // Time stands still: on a slow machine the slice would be used up, and a pull would be put off.
    })(values).to(drain()).run({ scheduler: new SliceScheduler(new VirtualClock()) })
    run.then(() => {}, () => {})
    expect(outlet.pull(into, 24)).toBe(PENDING)
    // The first sixteen are handed on one by one; those after them are gathered.
    for (let i = 0; i < 39; i++) {
      read().answers[i]?.resolve(i)
      await Promise.resolve()
      await Promise.resolve()
      if (i < 16) outlet.pull(into, 24)
    }
    await new Promise<void>((resolve) => { macrotask(resolve) })
    expect([outlet.pull(into, 23), outlet.pull(into, 20)]).toEqual([23, PENDING])
    const before = wakes
    await new Promise<void>((resolve) => { macrotask(resolve) })
    await new Promise<void>((resolve) => { macrotask(resolve) })
    expect([wakes > before, outlet.pull(into, 20), read().answers.length]).toEqual([true, 1, 40])
    await run.abort()
  })

  it.each<[string, (reads: ByHand) => void, string]>([
    ['rejects', (reads) => reads.answers[1]?.reject(new Error('gone')), 'gone'],
    ['answers what cannot be accepted', (reads) => reads.answers[1]?.resolve(-1), '-1 is no value'],
  ])('S9: what was read comes out before the failure of a read that %s', async (_how, end, message) => {
    const { read, values } = byHand()
    const seen: number[] = []
    const run = values.to(forEach((value) => { seen.push(value) })).run()
    run.then(() => {}, () => {})
    await settle()
    read().answers[0]?.resolve(7)
    await settle()
    end(read())
    await expect(run).rejects.toThrow(message)
    expect(seen).toEqual([7])
  })

  it('S9: a stop hands out the value of the read that is under way, and begins no other', async () => {
    const { read, values } = byHand()
    const seen: number[] = []
    const run = values.to(forEach((value) => { seen.push(value) })).run()
    await settle()
    const stopped = run.stop()
    read().answers[0]?.resolve(3)
    expect(await stopped).toMatchObject({ status: 'completed', unstopped: [] })
    expect([seen, read().answers.length]).toEqual([[3], 1])
  })

  it('S9: ignores what a read answers after an abort', async () => {
    const { read, values } = byHand()
    const run = values.to(drain()).run()
    run.then(() => {}, () => {})
    await settle()
    await run.abort(new Error('enough'))
    read().answers[0]?.resolve(3)
    await settle()
    expect([read().size, run.stats().totals.delivered]).toEqual([0, 0])
  })
})

describe('a joint around a store whose put and take are promises: the durable seam', () => {
  for (const capacity of [1, 3, 50]) {
    const laws = operatorLaws({
      name: `throughStore(${capacity})`, make: () => throughStore(() => new PromiseStore(capacity)), reference: (values) => [...values], ahead: capacity + 2,
    })
    for (const { name, run } of laws) it(name, run)
  }

  it('Q1: holds no more than its bound, whatever the consumer does', async () => {
    const store = new PromiseStore<number>(4)
    const clock = new VirtualClock()
    const run = range(0, 60).pipe(throughStore(() => store)).to(forEach(async (n) => { if (n % 10 === 0) await clock.sleep(5) })).run({ clock })
    await clock.runOut(run)
    expect(store.highest).toBe(4)
    expect(run.stats().totals).toMatchObject({ read: 60, delivered: 60, inFlight: 0 })
  })

  it('R63: a stop delivers what is in the store', async () => {
    const store = new PromiseStore<number>(8)
    const seen: number[] = []
    const run = from((async function* () { for (let i = 0; ; i++) { yield i; await settle(1) } })()).pipe(throughStore(() => store)).to(toArrayInto(seen)).run()
    await settle(20)
    await run.stop()
    const { totals } = run.stats()
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, i) => i))
    expect(totals).toMatchObject({ read: seen.length, delivered: seen.length, abandoned: 0 })
  })
})

function toArrayInto(seen: number[]): ReturnType<typeof forEach<number>> {
  return forEach<number>(async (value) => { await settle(1); seen.push(value) })
}

it('toArray of a store that was closed at once is empty', async () => {
  expect(await from<number>([]).pipe(throughStore(() => new PromiseStore(1))).to(toArray()).run()).toEqual([])
})
