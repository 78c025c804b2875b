import { describe, expect, it, vi } from 'vitest'
import { map, mapAsync, buffer, take, tap } from '@sluice/operators'
import { manualSource, settle, VirtualClock, manualSink } from '@sluice/testing'
import { AbortError, drain, failing, forEach, from, interval, never, range, toArray, using, type Outcome } from '../index'
import { sink, source } from '../authoring'
import { listenerCount } from '../../../../test/listener-count'
import { unhandledRejections } from '../../../../test/unhandled-rejections'

const BOOM = new Error('boom')
const failureOf = async (run: PromiseLike<unknown>): Promise<unknown> => run.then(() => 'no failure', (error: unknown) => error)

describe('a run that ends', () => {
  it('R1: settles once with the result of the sink', async () => {
    const run = range(1, 3).to(toArray()).run({ name: 'numbers' })
    expect([run.name, run.status]).toEqual(['numbers', 'running'])
    expect(await run).toEqual([1, 2, 3])
    expect(await run).toEqual([1, 2, 3])
    expect(run.status).toBe('completed')
  })

  it('R2: nothing runs before run() is called, and nothing inside it', async () => {
    const looked = vi.fn()
    const pipeline = range(1, 3).pipe(tap(looked)).to(drain())
    expect(looked).not.toHaveBeenCalled()
    const run = pipeline.run()
    expect(looked).not.toHaveBeenCalled()
    await run
    expect(looked).toHaveBeenCalledTimes(3)
  })

  it('R3: the same pipeline runs any number of times, each by itself', async () => {
    const pipeline = range(1, 3).pipe(mapAsync(async (n) => n * 2, { concurrency: 2 })).to(toArray())
    expect(await Promise.all([pipeline.run(), pipeline.run()])).toEqual([[2, 4, 6], [2, 4, 6]])
  })
})

describe('a run that fails', () => {
  it('R4: rejects with the original error, and says where, on what, and after which stages', async () => {
    const run = range(1, 9).pipe(map((n) => n), map((n) => { if (n === 5) throw BOOM; return n }, { name: 'parse' }), take(8)).to(toArray()).run({ name: 'job' })
    expect(await failureOf(run)).toBe(BOOM)
    expect(run.status).toBe('failed')
    expect(run.failure).toMatchObject({ stage: 'parse', position: 2, item: 5, attempt: 1, error: BOOM, path: ['range', 'map', 'parse'], suppressed: [] })
    expect(run.failure?.message).toMatch(/^job: stage 'parse' \(position 2\) failed on 5: Error: boom \(at run\.test\.ts:\d+:\d+\)$/)
  })

  it('R4: says nothing of an item where there was none, as in a source that fails', async () => {
    const run = failing(BOOM).to(drain()).run({ name: 'job' })
    await failureOf(run)
    expect(run.failure?.message).toMatch(/^job: stage 'failing' \(position 0\) failed: Error: boom \(at run\.test\.ts:\d+:\d+\)$/)
  })

  it.each([undefined, null, 0, 'text'])('R4: rejects with %j where that was thrown', async (thrown) => {
    expect(await failureOf(from([1]).pipe(map(() => { throw thrown })).to(drain()).run())).toBe(thrown)
  })

  it('R5: keeps what must not be seen out of the failure', async () => {
    const run = from([{ card: '4111' }]).pipe(map(() => { throw BOOM })).to(drain()).run({ redact: () => '(a payment)' })
    await failureOf(run)
    expect(run.failure?.item).toBe('(a payment)')
    expect(run.failure?.message).not.toContain('4111')
  })

  it('R6: is an unhandled rejection when nobody awaits it', async () => {
    expect(await unhandledRejections(() => { failing(BOOM).to(drain()).run() })).toEqual([BOOM])
  })

  it('R7: keeps the errors of cleanups beside the first', async () => {
    const late = new Error('late')
    const run = using(() => 1, () => failing(BOOM), () => { throw late }).to(drain()).run()
    expect(await failureOf(run)).toBe(BOOM)
    expect(run.failure?.suppressed).toEqual([late])
  })

  it('R7: keeps the errors of cleanups of a run that was aborted', async () => {
    const late = new Error('late')
    const run = using(() => 1, () => never(), () => Promise.reject(late)).to(drain()).run()
    await settle()
    await run.abort(BOOM)
    expect([run.status, run.failure?.error, run.failure?.suppressed]).toEqual(['aborted', BOOM, [late]])
    expect(await failureOf(run)).toBe(BOOM)
  })

  it('R7: fails with the error of a cleanup where nothing else failed', async () => {
    const run = using(() => 1, () => [1], () => Promise.reject(BOOM)).to(drain()).run()
    expect(await failureOf(run)).toBe(BOOM)
    expect(run.status).toBe('failed')
  })

  it('R8: fails where the sink fails, when it opens, writes or ends', async () => {
    const sinks = [
      sink('opening', () => { throw BOOM }),
      sink('writing', () => ({ write() { throw BOOM }, end() {} })),
      sink('writing later', () => ({ write: () => Promise.reject(BOOM), end() {} })),
      sink('ending', () => ({ write() {}, end: () => Promise.reject(BOOM) })),
    ]
    for (const each of sinks) {
      const run = from([1]).to(each).run()
      expect(await failureOf(run)).toBe(BOOM)
      expect(run.failure?.stage).toBe(each.name)
    }
  })
})

describe('cleanups', () => {
  it('R9: are awaited in the reverse order of opening, and told the outcome', async () => {
    const log: string[] = []
    const stage = (name: string) => source<number>(name, () => ({ pull: () => { throw BOOM } }))
    const bracket = (name: string, inner: Parameters<typeof from<number>>[0]) =>
      using(() => name, () => inner, async (_name, outcome: Outcome) => {
        await settle(1)
        log.push(`${name}: ${outcome.status}`)
      })
    await failureOf(bracket('outer', bracket('inner', stage('failing'))).to({
      name: 'sink',
      open: () => ({ write() {}, end() {}, abort: async () => { await settle(2); log.push('sink: aborted') } }),
    }).run())
    expect(log).toEqual(['inner: failed', 'outer: failed', 'sink: aborted'])
  })

  it('R10: that take too long are named, and waited for no longer', async () => {
    const clock = new VirtualClock()
    const run = using(() => 1, () => never(), () => new Promise(() => {})).to(drain()).run({ clock, closeDeadlineMs: 5000 })
    await settle()
    const aborted = run.abort(BOOM)
    await clock.advance(4999)
    expect(run.status).toBe('running')
    await clock.advance(1)
    await aborted
    expect(run.unstopped).toEqual(['using'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('R11: a generator that is stuck is given a second, then it is named', async () => {
    const clock = new VirtualClock()
    async function* stuck(): AsyncGenerator<number> {
      await new Promise(() => {})
      yield 1
    }
    const run = from(stuck()).to(drain()).run({ clock })
    await settle()
    const aborted = run.abort(BOOM)
    await clock.advance(1000)
    await aborted
    expect(run.unstopped).toEqual(['from'])
  })
})

describe('abort', () => {
  it('R12: rejects with its reason, tells the signal, and is awaited', async () => {
    let signal: AbortSignal | undefined
    const run = range(0).to(forEach((_, context) => { signal = context.signal; return new Promise((resolve) => signal?.addEventListener('abort', () => { resolve(0) })) })).run()
    await settle()
    await run.abort(BOOM)
    expect(signal?.reason).toBe(BOOM)
    expect(await failureOf(run)).toBe(BOOM)
    expect(run.status).toBe('aborted')
    expect(run.failure).toBeUndefined()
  })

  it('R12: has a reason of its own where none is given', async () => {
    const run = never().to(drain()).run({ name: 'idle' })
    await run.abort()
    expect(await failureOf(run)).toBeInstanceOf(AbortError)
  })

  it('R13: from inside a stage takes effect at the end of the turn, and re-enters nothing', async () => {
    const run = range(0).pipe(tap((n) => { if (n === 10) void run.abort(BOOM) })).to(drain()).run()
    expect(await failureOf(run)).toBe(BOOM)
  })

  it('R14: by a signal leaves no listener behind, whichever way the run ends', async () => {
    const controller = new AbortController()
    const { signal } = controller
    await range(0, 10).to(drain()).run({ signal })
    await failureOf(failing(BOOM).to(drain()).run({ signal }))
    await never().to(drain()).run({ signal }).stop()
    expect(listenerCount(signal, 'abort')).toBe(0)
    const run = never().to(drain()).run({ signal })
    controller.abort(BOOM)
    expect(await failureOf(run)).toBe(BOOM)
    expect(await failureOf(range(0).to(drain()).run({ signal }))).toBe(BOOM)
  })
})

describe('stop', () => {
  it('R15: ends sources, drains queues, and reports', async () => {
    const run = interval(1).pipe(mapAsync(async (n) => n, { concurrency: 2 }), buffer(8)).to(toArray()).run()
    await new Promise((resolve) => setTimeout(resolve, 20))
    const report = await run.stop()
    const values = await run
    expect(report).toMatchObject({ status: 'completed', finished: values.length, abandoned: 0, nacked: 0, deadlineExceeded: false, unstopped: [] })
    expect(values).toEqual(values.map((_, i) => i))
  })

  it('R16: aborts what is left when the deadline has passed, and counts it', async () => {
    const clock = new VirtualClock()
    const run = range(0, 10).pipe(mapAsync((n) => clock.sleep(n === 0 ? 0 : 60_000), { concurrency: 3 })).to(toArray()).run({ clock })
    const ended = failureOf(run)
    await clock.advance(100)
    const stopping = run.stop({ deadlineMs: 1000 })
    await clock.advance(999)
    expect(run.status).toBe('stopping')
    await clock.advance(1001)
    expect(await stopping).toMatchObject({ status: 'aborted', finished: 1, abandoned: 3, deadlineExceeded: true, unstopped: ['mapAsync'] })
    expect(await ended).toBeInstanceOf(AbortError)
  })

  it('R17: from inside a stage, twice, and after the end, answers the same report', async () => {
    const run = range(0).pipe(tap((n) => { if (n === 10) void run.stop() })).to(drain()).run()
    await run
    expect(await run.stop()).toBe(await run.stop())
  })

  it('R17: stops a source that is opened while it is stopping', async () => {
    const run = never().to(drain()).run()
    expect((await run.stop()).status).toBe('completed')
    await using_(run)
  })
})

async function using_(run: AsyncDisposable): Promise<void> {
  await run[Symbol.asyncDispose]()
}

describe('pause', () => {
  it('R18: nothing is pulled until resume; what is in flight waits in its queue', async () => {
    const probe = manualSource<number>()
    const arrived: number[] = []
    const run = probe.source.to(forEach((n) => { arrived.push(n) })).run()
    probe.emit(1)
    await settle()
    run.pause()
    probe.emit(2, 3)
    await settle()
    expect([run.status, arrived]).toEqual(['paused', [1]])
    run.resume()
    await settle()
    expect([run.status, arrived]).toEqual(['running', [1, 2, 3]])
    probe.end()
    await run
  })

  it('R18: a paused run can be stopped and aborted', async () => {
    for (const end of ['stop', 'abort'] as const) {
      const run = interval(1).to(drain()).run()
      run.pause()
      const ended = failureOf(run)
      await run[end]()
      await ended
      expect(run.status).toBe(end === 'stop' ? 'completed' : 'aborted')
    }
  })
})

describe('demand', () => {
  it('R19: a function is called only for values that are wanted', async () => {
    const called = vi.fn((n: number) => n)
    expect(await range(0).pipe(map(called), take(3)).to(toArray()).run()).toEqual([0, 1, 2])
    expect(called).toHaveBeenCalledTimes(3)
  })

  it('R19: a sink that requested nothing is given nothing', async () => {
    const probe = manualSink<number>()
    const run = range(1).to(probe.sink).run()
    await probe.expectNoEvent()
    probe.request(2)
    await probe.expectNext(1, 2)
    await probe.expectNoEvent()
    const stopping = run.stop()
    probe.request(1)
    await stopping
    await probe.expectEnd()
  })
})
