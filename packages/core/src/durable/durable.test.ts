import { describe, expect, it } from 'vitest'
import { batch, filter, flatMap, map, mapAsync, share } from '@sluice/operators'
import { ScriptedQueue, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { BoundedQueue, drain, forEach, from, interval, OptionError, retry, toArray, Topic, toQueue, toTopic, type Run, type Source } from '../index'
import { CapabilityError, durable, fromDurable, toDurable, type DurableOptions, type PutResult } from './index'

const BOOM = new Error('boom')
const NAME = { name: 'numbers' }

/** Lets virtual time pass until the run is over. */
async function over<R>(run: Run<R>, clock: VirtualClock, mostMs = 200_000): Promise<R> {
  const at = { isOver: false }
  const told = (): void => { at.isOver = true }
  run.then(told, told)
  for (let ms = 0; !at.isOver && ms < mostMs; ms += 50) await clock.advance(50)
  return run
}

function numbersIn(queue: ScriptedQueue): number[] {
  return queue.bodies.map((body) => JSON.parse(new TextDecoder().decode(body.subarray(2))) as number)
}

async function filled(clock: VirtualClock, numbers: readonly number[], options: ConstructorParameters<typeof ScriptedQueue>[1] = {}): Promise<ScriptedQueue> {
  const queue = new ScriptedQueue(clock, options)
  await over(from(numbers).to(toDurable(queue, { ...NAME, until: 'sealed' })).run({ clock }), clock)
  return queue
}

describe('durable', () => {
  it('D1: gives what it was given, in order, and leaves an empty queue that is closed', async () => {
    const clock = new VirtualClock()
    const queue = new ScriptedQueue(clock)
    const numbers = Array.from({ length: 2000 }, (_, n) => n)
    expect(await over(from(numbers).pipe(durable(queue, NAME)).to(toArray()).run({ clock }), clock)).toEqual(numbers)
    expect([numbersIn(queue), queue.dead, queue.opened, clock.pendingTimers]).toEqual([[], [], 0, 0])
    expect(await queue.stats()).toEqual({ ready: 0, leased: 0, dead: 0, sealed: true })
  })

  it('D2: a value upstream is acknowledged when its put is confirmed, and not before', async () => {
    const clock = new VirtualClock()
    const queue = new ScriptedQueue(clock)
    const tracked = trackedSource([1, 2, 3])
    let confirm = (): void => {}
    queue.onVerb = (verb) => (verb === 'put' ? new Promise<void>((resolve) => { confirm = resolve }) : undefined)
    const run = tracked.source.pipe(durable(queue, NAME)).to(toArray()).run({ clock })
    await clock.advance(500)
    expect(tracked.settlements).toEqual([0])
    confirm()
    await clock.advance(10)
    expect(tracked.settlements.slice(0, 2)).toEqual([1, 0])
    queue.onVerb = () => undefined
    confirm()
    expect(await over(run, clock)).toEqual([1, 2, 3])
    expect(tracked.statuses).toEqual(['ack', 'ack', 'ack'])
  })

  it('D3: an item is acknowledged when all that was made of it is dealt with', async () => {
    const clock = new VirtualClock()
    const queue = await filled(clock, [1, 2, 3])
    const done: string[] = []
    const run = fromDurable<number>(queue, { ...NAME, until: 'sealed' })
      .pipe(filter((n) => n !== 2), flatMap((n) => [`${n}a`, `${n}b`]))
      .to(forEach(async (text) => { await clock.sleep(100); done.push(text) })).run({ clock })
    await clock.advance(150)
    expect([done, numbersIn(queue)]).toEqual([['1a'], [1, 2, 3]])
    await clock.advance(100)
    expect([done, numbersIn(queue)]).toEqual([['1a', '1b'], [3]])
    await over(run, clock)
    expect([done, numbersIn(queue)]).toEqual([['1a', '1b', '3a', '3b'], []])
  })

  it('D4: an item that fails comes again after retryMs, and is a dead letter after maxAttempts', async () => {
    const clock = new VirtualClock()
    const queue = await filled(clock, [1, 2])
    const tries: { readonly n: number; readonly at: number }[] = []
    const attempt = async (): Promise<unknown> => {
      const run = fromDurable<number>(queue, { ...NAME, until: 'sealed', maxAttempts: 3, retryMs: (n) => 1000 * n }).to(forEach((n) => { tries.push({ n, at: clock.now() }); if (n === 1) throw BOOM })).run({ clock })
      return over(run, clock).catch((error: unknown) => error)
    }
    for (let i = 0; i < 3; i++) expect(await attempt()).toBe(BOOM)
    expect(await attempt()).toBeUndefined()
    const [first, second, third] = tries.filter(({ n }) => n === 1).map(({ at }) => at) as [number, number, number]
    expect(tries.map(({ n }) => n).sort()).toEqual([1, 1, 1, 2])
    expect([second - first >= 1000, third - second >= 2000]).toEqual([true, true])
    expect(queue.dead).toMatchObject([{ reason: 'boom' }])
    expect(numbersIn(queue)).toEqual([])
  })

  it('D5: what fails behind an item, or is cut off, goes back and counts no attempt', async () => {
    const clock = new VirtualClock()
    const queue = await filled(clock, [1, 2, 3])
    const run = fromDurable<number>(queue, NAME).to(forEach(() => new Promise(() => {}), { concurrency: 2 })).run({ clock, closeDeadlineMs: 10 })
    run.catch(() => {})
    await clock.advance(100)
    expect(await queue.stats()).toMatchObject({ leased: 2, ready: 1 })
    const ended = run.abort()
    await clock.advance(5000)
    await ended.then(null, () => {})
    expect(await queue.stats()).toMatchObject({ leased: 0, ready: 3 })
    const leases = await queue.take(3, 0, new AbortController().signal)
    expect(leases.map(({ attempts }) => attempts)).toEqual([1, 1, 1])
  })

  it('D6: a full queue holds back; nothing is lost, and never more than its capacity is in it', async () => {
    const clock = new VirtualClock()
    const queue = new ScriptedQueue(clock, { capacity: 10 })
    const seen: number[] = []
    let most = 0
    const numbers = Array.from({ length: 100 }, (_, n) => n)
    const run = from(numbers).pipe(durable(queue, NAME)).to(forEach(async (n) => { most = Math.max(most, queue.bodies.length); await clock.sleep(7); seen.push(n) })).run({ clock })
    await over(run, clock)
    expect(seen).toEqual(numbers)
    expect(most).toBeGreaterThan(8)
    expect(most).toBeLessThanOrEqual(10)
  })

  it('D7: a put whose answer was lost is put again by its key, once; without keys the value fails', async () => {
    const clock = new VirtualClock()
    const queue = new ScriptedQueue(clock)
    queue.lostAnswers = 2
    expect(await over(from([1, 2, 3]).pipe(durable(queue, NAME)).to(toArray()).run({ clock }), clock)).toEqual([1, 2, 3])
    const forgetful = new ScriptedQueue(clock, { capabilities: { dedupMs: 0 } })
    forgetful.lostAnswers = 1
    await expect(over(from([1]).to(toDurable(forgetful, NAME)).run({ clock }), clock)).rejects.toMatchObject({ code: 'SLUICE_PUT_UNKNOWN' })
  })

  it('D8: leases are renewed while items are worked on, however long that takes', async () => {
    const clock = new VirtualClock()
    const queue = await filled(clock, [1], { leaseMs: 1000 })
    const run = fromDurable<number>(queue, { ...NAME, until: 'sealed' }).to(forEach(async () => { await clock.sleep(10_000) })).run({ clock })
    await clock.advance(8000)
    expect(await queue.stats()).toMatchObject({ leased: 1, ready: 0 })
    await over(run, clock)
    expect(numbersIn(queue)).toEqual([])
  })

  it('D9: what a stale holder decides does not count: another one has the item', async () => {
    const clock = new VirtualClock()
    const queue = await filled(clock, [1], { leaseMs: 1000 })
    // Renewals fail for as long as the first holder is cut off.
    let isCutOff = true
    queue.onVerb = (verb) => { if (verb === 'settle' && isCutOff) throw new Error('no connection') }
    const run = fromDurable<number>(queue, { ...NAME, until: 'sealed' }).to(forEach(async () => { await clock.sleep(3000) })).run({ clock })
    await clock.advance(2000)
    const [other] = await queue.take(1, 0, new AbortController().signal)
    expect(other).toMatchObject({ attempts: 2 })
    isCutOff = false
    await clock.advance(1500)
    expect(numbersIn(queue)).toEqual([1])
    expect(run.stats().stages[0]?.detail).toMatchObject({ lost: 1 })
    await queue.settle([other as never], [{ do: 'ack' }])
    await over(run, clock)
  })

  it('D10: an item that cannot be read is a dead letter at once, and nobody waits behind it', async () => {
    const clock = new VirtualClock()
    const queue = new ScriptedQueue(clock)
    await queue.put([{ body: new Uint8Array([9, 9]) }, { body: new Uint8Array([1, 2, 49]) }, { body: new Uint8Array([1, 1, 123]) }, { body: new Uint8Array([1, 1, 55]) }])
    await queue.seal()
    expect(await over(fromDurable(queue, { ...NAME, until: 'sealed' }).to(toArray()).run({ clock }), clock)).toEqual([7])
    expect(queue.dead.map(({ reason }) => reason)).toEqual([expect.stringContaining('envelope is 9'), expect.stringContaining('version 2'), expect.stringContaining('cannot be decoded')])
  })

  it('D11: stop takes nothing more, finishes what was taken, and leaves the rest in a queue that is not sealed', async () => {
    const clock = new VirtualClock()
    const queue = new ScriptedQueue(clock)
    const done: number[] = []
    const run = interval(10)
      .pipe(durable(queue, { ...NAME, hold: 4 })).to(forEach(async (n) => { await clock.sleep(100); done.push(n) }, { concurrency: 2 })).run({ clock })
    await clock.advance(1000)
    const stopped = run.stop()
    await clock.advance(2000)
    await stopped
    await run.catch(() => {})
    const left = numbersIn(queue)
    expect(run.status).toBe('completed')
    expect([...done, ...left].sort((a, b) => a - b)).toEqual(Array.from({ length: done.length + left.length }, (_, n) => n))
    expect(left.length).toBeGreaterThan(10)
    expect(await queue.stats()).toMatchObject({ leased: 0, sealed: false })
    // The next run goes on.
    await queue.seal()
    const rest = await over(fromDurable<number>(queue, { ...NAME, until: 'sealed' }).to(toArray()).run({ clock }), clock)
    expect(rest).toEqual(left)
  })

  it('D11: a stop ends a joint whose upstream has ended long ago, at once, also where it waits for room or for a failed item', async () => {
    const clock = new VirtualClock()
    for (const [queue, call] of [
      [new ScriptedQueue(clock), mapAsync(async (n: number) => { if (n === 2) throw BOOM; return n }, { concurrency: 1, onError: 'nack' })],
      [new ScriptedQueue(clock, { capacity: 3 }), mapAsync(async (n: number) => { await clock.sleep(5000); return n }, { concurrency: 1 })],
    ] as const) {
      const run = from([1, 2, 3, 4, 5, 6]).pipe(durable(queue, { ...NAME, retryMs: () => 60_000, hold: 2 }), call).to(drain()).run({ clock })
      await clock.advance(3000)
      expect(run.status).toBe('running')
      const stopped = run.stop()
      await clock.advance(6000)
      expect((await stopped).deadlineExceeded).toBe(false)
      await run
      expect(run.status).toBe('completed')
      expect(await queue.stats()).toMatchObject({ leased: 0 })
      expect(queue.opened).toBe(0)
    }
  })

  it('D12: a batch that waits for the end is given it, though what it holds is not acknowledged', async () => {
    const clock = new VirtualClock()
    const queue = new ScriptedQueue(clock)
    const batches = await over(from([1, 2, 3]).pipe(durable(queue, NAME), batch(10)).to(toArray()).run({ clock }), clock)
    expect(batches).toEqual([[1, 2, 3]])
    expect(numbersIn(queue)).toEqual([])
  })

  it('D13: never more than hold items are leased', async () => {
    const clock = new VirtualClock()
    const queue = await filled(clock, Array.from({ length: 100 }, (_, n) => n))
    let most = 0
    const run = fromDurable<number>(queue, { ...NAME, until: 'sealed', hold: 7 })
      .pipe(mapAsync(async (n) => { most = Math.max(most, (await queue.stats()).leased); await clock.sleep(10); return n }, { concurrency: 50 })).to(drain()).run({ clock })
    await over(run, clock)
    expect(most).toBe(7)
  })

  it('D14: derived keys absorb what a crash has put twice', async () => {
    const clock = new VirtualClock()
    const rows = await filled(clock, [1, 2, 3], { name: 'rows' })
    const done = new ScriptedQueue(clock, { name: 'done' })
    const worker = (until: number): Run<unknown> => {
      let count = 0
      return fromDurable<number>(rows, { name: 'rows', until: 'sealed' })
        .pipe(flatMap((n) => [n * 10, n * 10 + 1]), map((n) => { if (++count > until) throw BOOM; return n }))
        .to(toDurable(done, { name: 'done', dedup: 'derived' })).run({ clock })
    }
    await over(worker(3), clock).catch(() => {})
    await over(worker(100), clock)
    expect(numbersIn(done).sort((a, b) => a - b)).toEqual([10, 11, 20, 21, 30, 31])
    const plain = from([1]).to(toDurable(done, { name: 'done', dedup: 'derived' })).run({ clock })
    await expect(over(plain, clock)).rejects.toThrow(/toDurable 'done': dedup 'derived' needs values that come from a durable queue/)
  })

  it('D15: a value that cannot be put goes to onError, and the others are stored', async () => {
    const clock = new VirtualClock()
    const queue = new ScriptedQueue(clock, { capabilities: { maxBytes: 20 } })
    const tracked = trackedSource<unknown>([1, 'x'.repeat(100), 2n, 3])
    expect(await over(tracked.source.to(toDurable<unknown>(queue, { ...NAME, onError: 'skip' })).run({ clock }), clock)).toEqual({ stored: 2, duplicates: 0 })
    expect(tracked.statuses).toEqual(['ack', 'ack', 'ack', 'ack'])
    const run = from(['x'.repeat(100)]).to(toDurable(queue, { ...NAME, onError: 'fail' })).run({ clock })
    await expect(over(run, clock)).rejects.toThrow("numbers: the value has 104 bytes, and the queue 'scripted' takes 20 at most. Put a reference to it instead")
    expect(run.failure).toMatchObject({ stage: 'numbers', item: 'x'.repeat(100) })
  })

  it('D16: a queue that fails fails the run, whichever verb it was, and what was read goes back', async () => {
    for (const verb of ['open', 'put', 'take', 'settle', 'stats', 'seal'] as const) {
      const clock = new VirtualClock()
      const queue = new ScriptedQueue(clock)
      queue.onVerb = (now) => { if (now === verb) throw BOOM }
      const tracked = trackedSource([1, 2, 3])
      const run = tracked.source.pipe(durable(queue, NAME)).to(drain()).run({ clock })
      expect(await over(run, clock).then(() => 'completed', (error: unknown) => error), verb).toBe(BOOM)
      expect(tracked.settlements, verb).toEqual(tracked.settlements.map(() => 1))
      expect(clock.pendingTimers, verb).toBe(0)
    }
  })

  it('D17: what the queue cannot do is refused when the pipeline is built, by name', () => {
    const clock = new VirtualClock()
    const queue = new ScriptedQueue(clock, { capabilities: { order: 'none', dedupMs: 0, priority: false, survives: 'process', attempts: 'none', delay: 'none' } })
    const refused = (options: Partial<DurableOptions<number>>): unknown => {
      try {
        return durable<number>(queue, { ...NAME, ...options })
      } catch (error) {
        return error
      }
    }
    for (const options of [{ key: String }, { dedup: String }, { dedup: 'derived' }, { priority: Number }, { maxAttempts: 3 }, { needs: { survives: 'host' } }, { needs: { fencing: true, delay: 'native' } }] as const) {
      expect(refused(options), JSON.stringify(Object.keys(options))).toBeInstanceOf(CapabilityError)
    }
    expect(refused({ needs: { survives: 'host' } })).toHaveProperty('message', 'durable: the option \'needs\' asks for survives "host", and the queue \'scripted\' has "process"')
    expect(refused({ priority: Number })).toHaveProperty('code', 'SLUICE_CAPABILITY')
    expect(() => durable(queue, {} as never)).toThrow(OptionError)
    expect(() => durable({} as never, NAME)).toThrow(/a durable queue/)
    expect(() => durable(queue, { ...NAME, leaseMS: 3 } as never)).toThrow(/did you mean "leaseMs"/)
  })

  it('D17: a stage that would have items acknowledged before they are dealt with is refused, by its name, before an item is taken', async () => {
    const clock = new VirtualClock()
    const memory = new BoundedQueue<number>({ capacity: 10 })
    for (const make of [
      (source: Source<number>) => source.to(toQueue(memory, { name: 'handed' })),
      (source: Source<number>) => source.pipe(map((n) => n), filter(() => true), mapAsync(async (n) => n, { concurrency: 2 })).to(toQueue(memory, { name: 'handed' })),
      (source: Source<number>) => share(source, { name: 'handed' }).pipe(map((n) => n)).to(drain()),
      (source: Source<number>) => source.to(toTopic(new Topic<number>({ capacity: 1 }), { name: 'handed' })),
    ]) {
      const queue = await filled(clock, [1, 2])
      const run = make(fromDurable<number>(queue, { ...NAME, until: 'sealed' })).run({ clock })
      await expect(over<unknown>(run, clock)).rejects.toThrow(/^fromDurable: 'handed' hands values to/)
      expect(await queue.stats()).toMatchObject({ ready: 2, leased: 0 })
    }
    // Another queue on disk in between is what it is for.
    const queue = await filled(clock, [1, 2])
    const between = durable<number>(new ScriptedQueue(clock), { name: 'between' })
    await over(fromDurable<number>(queue, { ...NAME, until: 'sealed' }).pipe(between).to(drain()).run({ clock }), clock)
  })

  it('D18: totals tell what became of each value, of what was read and of what came out', async () => {
    const clock = new VirtualClock()
    const queue = new ScriptedQueue(clock)
    const run = from([1, 2, 3, 4]).pipe(durable(queue, NAME), filter((n) => n % 2 === 0)).to(drain()).run({ clock })
    await over(run, clock)
    expect(run.stats().totals).toMatchObject({ read: 8, delivered: 6, absorbed: 2, failed: 0, abandoned: 0 })
  })

  it("D26: onError: 'nack': the item comes again in the same run, the others are not held up, and it is a dead letter in the end", async () => {
    const clock = new VirtualClock()
    const queue = await filled(clock, [1, 2, 3, 4])
    const seen: number[] = []
    const tried: number[] = []
    const call = mapAsync(async (n: number) => {
      if (n !== 2) return n
      tried.push(clock.now())
      throw BOOM
    }, { concurrency: 2, onError: 'nack' })
    const run = fromDurable<number>(queue, { ...NAME, until: 'sealed', maxAttempts: 3, retryMs: (n) => 100 * n }).pipe(call).to(forEach((n) => { seen.push(n) })).run({ clock })
    await over(run, clock)
    expect([seen, tried.length, queue.dead.length, numbersIn(queue)]).toEqual([[1, 3, 4], 3, 1, []])
    expect([(tried[1] as number) - (tried[0] as number) >= 100, (tried[2] as number) - (tried[1] as number) >= 200]).toEqual([true, true])
    expect(run.stats().totals).toMatchObject({ read: 6, delivered: 3, failed: 3 })
  })

  it("D26: onError: 'nack' of values that came from elsewhere: they count as failed, in operators and sinks of every kind", async () => {
    const odd = (n: number): number => { if (n % 2 === 1) throw BOOM; return n }
    for (const make of [
      () => from([1, 2, 3]).pipe(map(odd, { onError: 'nack' })).to(toArray()).run(),
      () => from([1, 2, 3]).pipe(mapAsync(async (n: number) => odd(n), { concurrency: 2, onError: 'nack' })).to(toArray()).run(),
      () => from([1, 2, 3]).to(forEach(odd, { onError: 'nack' })).run(),
      () => from([1, 2, 3]).to(forEach(async (n: number) => odd(n), { onError: 'nack' })).run(),
      () => from([1, 2, 3]).pipe(map(odd, { onError: retry({ times: 2, delayMs: 0, then: 'nack' }) })).to(drain()).run(),
    ]) {
      const run: Run<unknown> = make()
      await run
      expect(run.stats().totals).toMatchObject({ read: 3, delivered: 1, failed: 2, abandoned: 0 })
    }
  })

  it('D19: scripted answers: full for a while, and too large', async () => {
    const clock = new VirtualClock()
    const queue = new ScriptedQueue(clock)
    let left = 5
    queue.onPut = (): PutResult | undefined => (left-- > 0 ? { is: 'full' } : undefined)
    expect(await over(from([1, 2]).pipe(durable(queue, NAME)).to(toArray()).run({ clock }), clock)).toEqual([1, 2])
    await settle()
  })
})
