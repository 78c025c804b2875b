import { describe, expect, it, vi } from 'vitest'
import { filter, flatMap, map, mapAsync, mapAsyncUnordered, tap, throttle } from '@sluice/operators'
import { settle, trackedSource, VirtualClock } from '@sluice/testing'
import {
  count, deadLetter, drain, forEach, from, Limit, paginate, range, reduce, retry, toArray, type DeadLetter, type OnError,
  type Operator, type RetryOptions, type RunOptions, type Sink, AnswerError,
} from '../index'
import { sink, mapping } from '../authoring'

/** Every stage with user code, with a function that hands the value on or throws. */
const stages: Record<string, (use: (n: number) => number, onError: OnError<number>) => Operator<number, number>> = {
  map: (use, onError) => map(use, { onError }),
  tap: (use, onError) => tap(use, { onError }),
  filter: (use, onError) => filter((n) => { use(n); return true }, { onError }),
  flatMap: (use, onError) => flatMap((n) => [use(n)], { onError }),
  mapAsync: (use, onError) => mapAsync(async (n) => use(n), { concurrency: 2, onError }),
  'mapAsync of a plain function': (use, onError) => mapAsync(use, { concurrency: 2, onError }),
  mapAsyncUnordered: (use, onError) => mapAsyncUnordered(async (n) => use(n), { concurrency: 1, onError }),
  forEach: (use, onError) => (upstream) => {
    // As an operator, so that it fits the table: what forEach has dealt with is what comes out.
    const seen: number[] = []
    return from((async function* () {
      await upstream.to(forEach(async (n) => { use(n); seen.push(n) }, { onError })).run()
      yield* seen
    })())
  },
}

const BOOM = new Error('boom')
const odd = (n: number): number => {
  if (n % 2 === 0) throw BOOM
  return n
}
const collect = (operator: Operator<number, number>, options: RunOptions = {}) => range(1, 5).pipe(operator).to(toArray()).run(options)

describe.each(Object.entries(stages))('%s', (name, make) => {
  it('R30: skip leaves failing items out', async () => {
    expect(await collect(make(odd, 'skip'))).toEqual([1, 3, 5])
  })

  it('R30: fail, the default, rejects with the original error', async () => {
    await expect(collect(make(odd, 'fail'))).rejects.toBe(BOOM)
  })

  it('R31: retry tries an item again, at once where there is no delay', async () => {
    const tries = new Map<number, number>()
    const flaky = (n: number): number => {
      tries.set(n, (tries.get(n) ?? 0) + 1)
      if (n % 2 === 0 && (tries.get(n) ?? 0) < 3) throw BOOM
      return n
    }
    expect(await collect(make(flaky, retry({ times: 2, delayMs: 0 })))).toEqual([1, 2, 3, 4, 5])
    expect([...tries.values()]).toEqual([1, 3, 1, 3, 1])
  })

  it('R31: retry gives up after so many times, and what then says decides', async () => {
    await expect(collect(make(odd, retry({ times: 2, delayMs: 0 })))).rejects.toBe(BOOM)
    expect(await collect(make(odd, retry({ times: 2, delayMs: 0, then: 'skip' })))).toEqual([1, 3, 5])
  })

  it('R32: retry waits longer and longer, on the clock of the run', async () => {
    // The table's forEach has a run of its own inside, which knows nothing of the clock.
    if (name === 'forEach') return
    const clock = new VirtualClock()
    const at: number[] = []
    const failing = (n: number): number => {
      if (n === 2) {
        at.push(clock.now())
        throw BOOM
      }
      return n
    }
    const run = collect(make(failing, retry({ times: 3, delayMs: 100, factor: 2, jitter: 0, then: 'skip' })), { clock })
    await clock.advance(1000)
    expect(await run).toEqual([1, 3, 4, 5])
    expect(at).toEqual([0, 100, 300, 700])
    expect(clock.pendingTimers).toBe(0)
  })

  it('R33: a dead letter names item, error, attempt and stage, and the sink is ended with the run', async () => {
    const letters: DeadLetter[] = []
    let ended = 0
    const box = sink<DeadLetter, void>('box', () => ({
      write: async (batch, size) => { await settle(1); letters.push(...batch.slice(0, size)) },
      end: () => { ended++ },
    }))
    expect(await collect(make(odd, deadLetter(box)))).toEqual([1, 3, 5])
    expect(letters.map(({ item, error, attempt }) => [item, error, attempt])).toEqual([[2, BOOM, 1], [4, BOOM, 1]])
    expect(ended).toBe(1)
  })

  it('R34: a dead letter that cannot be written is a failure', async () => {
    const full = new Error('disk full')
    const box: Sink<DeadLetter, void> = sink('box', () => ({ write: async () => { throw full }, end() {} }))
    await expect(collect(make(odd, deadLetter(box)))).rejects.toBe(full)
  })

  it('R35: a function decides by error, item and attempt', async () => {
    const decide = vi.fn((_error: unknown, item: number, attempt: number) => (attempt < 3 ? { retryAfterMs: 0 } : item === 2 ? 'skip' : 'fail') as 'skip')
    await expect(collect(make(odd, decide))).rejects.toBe(BOOM)
    // Calls run side by side, so items are told apart.
    expect(decide.mock.calls.map(([error, item, attempt]) => [error, item, attempt]).sort((a, b) => Number(a[1]) - Number(b[1]))).toEqual(
      [[BOOM, 2, 1], [BOOM, 2, 2], [BOOM, 2, 3], [BOOM, 4, 1], [BOOM, 4, 2], [BOOM, 4, 3]])
  })

  it('R36: an onError that is no policy is refused when the pipeline is built', () => {
    const build = (): unknown => (name === 'forEach' ? forEach(() => {}, { onError: 'ignore' as 'skip' }) : make(odd, 'ignore' as 'skip'))
    expect(build).toThrow(/onError must be 'fail', 'skip'/)
  })
})

it.each([
  ['map', map((n: number) => odd(n), { onError: 'skip' })],
  ['filter', filter((n: number) => odd(n) > 0, { onError: 'skip' })],
  ['flatMap', flatMap((n: number) => [odd(n), n], { onError: 'skip' })],
  ['mapAsync', mapAsync(async (n: number) => odd(n), { concurrency: 2, onError: 'skip' })],
] as const)('T3: %s acknowledges what it skips, once', async (_name, operator) => {
  const tracked = trackedSource([1, 2, 3, 4])
  await tracked.source.pipe(operator).to(drain()).run()
  expect([tracked.settlements, tracked.statuses]).toEqual([[1, 1, 1, 1], ['ack', 'ack', 'ack', 'ack']])
})

it.each([
  ['map', map((n: number) => { if (n === 3) throw BOOM; return n })],
  ['flatMap', flatMap((n: number) => { if (n === 3) throw BOOM; return [n, n] })],
  ['mapAsync', mapAsync(async (n: number) => { if (n === 3) throw BOOM; return n }, { concurrency: 2 })],
] as const)('T4: where %s fails, the item and all after it are given back', async (_name, operator) => {
  const tracked = trackedSource([1, 2, 3, 4, 5])
  await expect(tracked.source.pipe(operator).to(drain()).run()).rejects.toBe(BOOM)
  expect(tracked.statuses).toEqual(['ack', 'ack', 'nack', ...tracked.statuses.slice(3).map(() => 'nack')])
  expect(tracked.settlements.every((times) => times === 1)).toBe(true)
})

it('R31: a wait is never less than the error asks for, whatever the longest may be', () => {
  const decide = retry({ times: 3, delayMs: 100, jitter: 0, maxDelayMs: 500, atLeastMs: (error) => (error as { readonly asks?: number }).asks })
  const waits = [0, 50, 2000, undefined].map((asks) => decide({ asks }, 1, 1, () => 0))
  expect(waits).toEqual([100, 100, 2000, 100].map((retryAfterMs) => ({ retryAfterMs })))
})

it('R31: an abort cuts the wait for a retry short: nothing is left that ticks, and no stage is blamed', async () => {
  const clock = new VirtualClock()
  const tracked = trackedSource([1])
  const run = tracked.source.pipe(mapAsync(async () => { throw BOOM }, { concurrency: 1, onError: retry({ times: 1, delayMs: 30_000, jitter: 0 }) })).to(drain()).run({ clock })
  const outcome = run.then(() => 'completed', (error: unknown) => error)
  await settle(5)
  expect(clock.pendingTimers).toBe(1)
  const gone = new Error('gone')
  void run.abort(gone)
  // Virtual time stands still, so this would not settle if anything waited for the retry.
  expect(await outcome).toBe(gone)
  expect([run.unstopped, clock.pendingTimers, tracked.statuses]).toEqual([[], 0, ['nack']])
})

it('R33: a call that fails because the run was aborted is no dead letter, nor is it tried again', async () => {
  const letters: DeadLetter[] = []
  const calls: number[] = []
  /** Fails as fetch does: a while after the signal. */
  const told = (n: number, { signal }: { readonly signal: AbortSignal }): Promise<number> => new Promise((_resolve, reject) => {
    calls.push(n)
    signal.addEventListener('abort', () => { void settle(n).then(() => { reject(signal.reason) }) })
  })
  const box = forEach<DeadLetter>((letter) => { letters.push(letter) })
  const run = range(1, 3).pipe(
    mapAsync(async (n, context) => (n === 1 ? n : told(n, context)), { concurrency: 2, name: 'first', onError: deadLetter(box) }),
    mapAsync(async (n, context) => { await told(5, context); return n }, { concurrency: 1, name: 'second', onError: retry({ times: 3, delayMs: 0, then: deadLetter(box) }) }),
  ).to(drain()).run()
  const outcome = run.then(() => 'completed', (error: unknown) => error)
  await settle(5)
  const gone = new Error('gone')
  await run.abort(gone)
  expect([await outcome, run.unstopped, letters]).toEqual([gone, [], []])
  expect(calls).toEqual([2, 3, 5])
})

it('R37: reduce leaves out a failing item and keeps its result', async () => {
  expect(await range(1, 5).to(reduce((sum, n) => sum + odd(n), 0, { onError: 'skip' })).run()).toBe(9)
})

it('R38: a page that cannot be fetched is tried again', async () => {
  let tries = 0
  const pages = paginate(0, async (page) => {
    if (page === 1 && ++tries < 3) throw BOOM
    return { items: [page], next: page < 2 ? page + 1 : undefined }
  }, { onError: retry({ times: 5, delayMs: 0 }) })
  expect(await pages.to(toArray()).run()).toEqual([0, 1, 2])
})

it('R39: counters tell of errors, retries, skips and dead letters', async () => {
  const run = range(1, 5).pipe(map(odd, { onError: retry({ times: 1, delayMs: 0, then: deadLetter(count() as never) }) })).to(drain()).run()
  await run
  expect(run.stats().stages.find(({ name }) => name === 'map')).toMatchObject({ in: 5, out: 3, errors: 4, retries: 2, deadLettered: 2 })
})

it.each([Number.NaN, '5', -1, Infinity, undefined, null])('R42: a wait of %s that onError decides on fails the stage, and says so', async (wait) => {
  const pipeline = from([1]).pipe(mapping('picky', () => () => { throw BOOM }, { onError: () => ({ retryAfterMs: wait as number }) })).to(drain())
  const run = pipeline.run()
  const shown = typeof wait === 'string' ? `"${wait}"` : String(wait)
  const error = await run.then(() => undefined, (failure: unknown) => failure)
  expect(error).toBeInstanceOf(AnswerError)
  expect((error as Error).message).toBe(`picky: the retryAfterMs that onError decided on must answer a finite number of at least 0, got ${shown}`)
  expect((error as Error).cause).toBe(BOOM)
  expect(run.failure).toMatchObject({ stage: 'picky', item: 1 })
})

it('R49: retry waits 200 ms at first, twice as long each time, half of it at random, unless it is told otherwise', () => {
  const waits = (random: number, options: Partial<RetryOptions<unknown>> = {}) =>
    [1, 2, 3, 9, 2_000].map((attempt) => (retry({ times: 1e9, ...options })(BOOM, 1, attempt, () => random) as { retryAfterMs: number }).retryAfterMs)
  expect(waits(0)).toEqual([200, 400, 800, 30_000, 30_000])
  expect(waits(1)).toEqual([100, 200, 400, 15_000, 15_000])
  expect(waits(0.5, { delayMs: 0 })).toEqual([0, 0, 0, 0, 0])
})

it.each([Number.NaN, '5', -1])('R42: an atLeastMs that answers %s is a failure, not "at once"', (asks) => {
  const decide = retry({ times: 3, delayMs: 0, atLeastMs: () => asks as number })
  expect(() => decide(BOOM, 1, 1, () => 0)).toThrow('retry: atLeastMs must answer a finite number of at least 0, got')
})

describe('retry({ limit })', () => {
  const rejected = async (): Promise<never> => { throw BOOM }
  const call = (at: number[], clock: VirtualClock, options: Partial<RetryOptions<number>>) => mapAsync(async () => {
    at.push(clock.now())
    return rejected()
  }, { concurrency: 8, onError: retry<number>({ times: 2, delayMs: 10, jitter: 0, factor: 1, then: 'skip', ...options }) })

  it('R53: tries and retries together keep the rate of the limit that they share', async () => {
    const clock = new VirtualClock()
    const limit = new Limit({ rate: { count: 1, perMs: 100 }, clock })
    const at: number[] = []
    const run = range(1, 3).pipe(throttle({ limit }), call(at, clock, { limit })).to(toArray()).run({ clock })
    expect(await clock.runOut(run)).toEqual([])
    expect(at).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800])
    expect([clock.pendingTimers, limit.waiting, limit.active]).toEqual([0, 0, 0])
  })

  it('R53: without the limit the retries come on top of the rate', async () => {
    const clock = new VirtualClock()
    const limit = new Limit({ rate: { count: 1, perMs: 100 }, clock })
    const at: number[] = []
    await clock.runOut(range(1, 3).pipe(throttle({ limit }), call(at, clock, {})).to(toArray()).run({ clock }))
    expect(at).toEqual([0, 10, 20, 100, 110, 120, 200, 210, 220])
  })

  it('R53: the wait of the backoff comes first, and a token is there at once after it', async () => {
    const clock = new VirtualClock()
    const limit = new Limit({ rate: { count: 1, perMs: 5 }, clock })
    const at: number[] = []
    await clock.runOut(range(1, 1).pipe(call(at, clock, { limit })).to(toArray()).run({ clock }))
    expect(at).toEqual([0, 10, 20])
  })

  it('R53: each key waits for its own tokens', async () => {
    const clock = new VirtualClock()
    const limit = new Limit({ keyed: { rate: { count: 1, perMs: 100 } }, clock })
    const at: number[] = []
    await clock.runOut(range(1, 2).pipe(call(at, clock, { limit, times: 2, key: (n) => n })).to(toArray()).run({ clock }))
    expect(at).toEqual([0, 0, 10, 10, 110, 110])
  })

  it('R31: a wait for the limit ends with the run: the item is given back, and nobody waits there any more', async () => {
    const clock = new VirtualClock()
    const limit = new Limit({ concurrency: 1, clock })
    const permit = limit.tryAcquire()
    for (const end of ['stop', 'abort'] as const) {
      const tracked = trackedSource([1])
      const run = tracked.source.pipe(call([], clock, { limit, delayMs: 0 })).to(toArray()).run({ clock })
      await settle()
      expect(limit.waiting).toBe(1)
      const ending = end === 'stop' ? run.stop({ deadlineMs: 5 }) : run.abort()
      await clock.advance(10)
      await ending
      await settle()
      expect([limit.waiting, clock.pendingTimers, tracked.statuses]).toEqual([0, 0, ['nack']])
    }
    permit?.release()
  })

  it('R53: a limit that refuses is why the item fails', async () => {
    const limit = new Limit({ concurrency: 1, maxWaiting: 0, name: 'full' })
    const permit = limit.tryAcquire()
    await expect(range(1, 1).pipe(call([], new VirtualClock(), { limit, delayMs: 0 })).to(toArray()).run()).rejects.toThrow('full: 0 callers wait already')
    permit?.release()
  })

  it('O13: refuses what is no limit, and a key that is no function', () => {
    expect(() => retry({ times: 1, limit: {} as never })).toThrow('retry: limit must be a Limit, got an object')
    expect(() => retry({ times: 1, key: 'id' as never })).toThrow('retry: key must be a function that answers at once, and no promise, got "id"')
  })
})

describe('R35: what a policy answers is a decision', () => {
  const failing = map((n: number): number => { throw new Error(`item ${n}`) }, { onError: (() => answer()) as never })
  let answer: () => unknown = () => undefined

  it.each([
    ['a word that is none', () => 'Skip', 'got "Skip"'],
    ['a number', () => 5, 'got 5'],
    ['null', () => null, 'got null'],
    ['an object without a decision', () => ({}), 'got an object'],
    ['a sink in place of deadLetter(sink)', () => ({ deadLetter: drain() }), 'got an object'],
    ['a promise of a decision', () => Promise.resolve('skip'), 'and no promise, got an object'],
    ['a promise that rejects', () => Promise.reject(new Error('of nobody')), 'and no promise, got an object'],
  ])('%s fails the item, and is told with the error it was asked about', async (_, answered, told) => {
    answer = answered
    const run = from([1]).pipe(failing).to(drain()).run()
    await expect(run).rejects.toMatchObject({ code: 'SLUICE_ANSWER', message: expect.stringContaining(told) as unknown, cause: { message: 'item 1' } })
    expect(run.failure).toMatchObject({ stage: 'map', item: 1 })
  })

  it('one that decides on nothing lets the item fail with its own error', async () => {
    answer = () => undefined
    await expect(from([1]).pipe(failing).to(drain()).run()).rejects.toThrow('item 1')
  })
})
