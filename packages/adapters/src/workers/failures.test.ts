import { describe, expect, it } from 'vitest'
import { deadLetter, forEach, from, retry, TimeoutError, toArray, type DeadLetter, type Source } from '@sluice/core'
import { manualSource, settle, VirtualClock } from '@sluice/testing'
import { bundledWorker } from '../../test/workers/bundled-worker'
import { inProcessWorker } from '../../test/workers/in-process-worker'
import { mapWorkers, ThreadError, Threads, type MapWorkersOptions } from './index'
import type { WorkerLike } from './worker-link'

type Jobs = typeof import('../../test/workers/jobs.worker').worker
type Order = Parameters<Jobs>[0]
const jobs = bundledWorker('./jobs.worker.ts')
const give = (value: unknown): Order => ({ do: 'give', value })
const onThreads = (options: MapWorkersOptions<Order>) => mapWorkers<Jobs>(jobs, { threads: 2, batch: 4, ...options })

/** A bad order in the middle of good ones. */
const around = (bad: Order): Source<Order> => from([...Array.from({ length: 20 }, (_, i) => give(i)), bad, ...Array.from({ length: 20 }, (_, i) => give(20 + i))])
const ALL = Array.from({ length: 40 }, (_, i) => i)

/** What can go wrong with an item, and the error there should be. */
const TROUBLE: readonly { readonly what: string; readonly bad: Order; readonly options?: MapWorkersOptions<Order>; readonly error: object }[] = [
  { what: 'throws', bad: { do: 'throw', message: 'bad luck' }, error: { name: 'Peculiar', message: 'bad luck', code: 'E_PECULIAR' } },
  { what: 'exits', bad: { do: 'exit', code: 7 }, error: { name: 'ThreadError', kind: 'exited', message: 'mapWorkers: the thread has ended with code 7 while it had this item' } },
  { what: 'leaves an error uncaught', bad: { do: 'throw later' }, error: { name: 'ThreadError', kind: 'exited', cause: { message: 'nobody catches this' } } },
  { what: 'runs out of memory', bad: { do: 'no memory' }, options: { worker: { resourceLimits: { maxOldGenerationSizeMb: 24 } } }, error: { name: 'ThreadError', kind: 'exited', cause: { code: 'ERR_WORKER_OUT_OF_MEMORY' } } },
  { what: 'hangs in a loop', bad: { do: 'hang' }, options: { timeoutMs: 300 }, error: { name: 'TimeoutError', message: 'mapWorkers: no result within 300 ms, and the thread did not come back: it was ended' } },
  { what: 'waits for too long', bad: { do: 'wait', ms: 60_000 }, options: { timeoutMs: 300 }, error: { name: 'TimeoutError', message: expect.stringContaining('mapWorkers: no result within 300 ms') } },
  { what: 'returns what cannot be cloned', bad: { do: 'give a function' }, error: { name: 'ThreadError', kind: 'result' } },
  { what: 'is something that cannot be cloned', bad: give(() => {}), error: { name: 'ThreadError', kind: 'item' } },
]

describe.each(TROUBLE)('an item that $what', ({ bad, options, error }) => {
  it('by default fails the run, after the results before it', async () => {
    const out: unknown[] = []
    const run = around(bad).pipe(onThreads({ ...options })).to(forEach((value) => { out.push(value) })).run()
    await expect(run).rejects.toMatchObject(error)
    expect(out).toEqual(ALL.slice(0, 20))
    expect(run.failure).toMatchObject({ stage: 'mapWorkers', position: 1, item: bad, attempt: 1 })
  })

  it("is left out with 'skip', and it alone", async () => {
    const run = around(bad).pipe(onThreads({ ...options, onError: 'skip' })).to(toArray()).run()
    expect(await run).toEqual(ALL)
    expect(run.stats().stages.find(({ name }) => name === 'mapWorkers')).toMatchObject({ dropped: 1, errors: 1 })
  })

  it('is tried again, then written elsewhere', async () => {
    const letters: DeadLetter<Order>[] = []
    const onError = retry<Order>({ times: 1, delayMs: 0, then: deadLetter<Order>(forEach((letter) => { letters.push(letter) })) })
    for (const ordered of [true, false]) {
      letters.length = 0
      const run = around(bad).pipe(onThreads({ ...options, onError, ordered })).to(toArray()).run()
      const results = (await run) as number[]
      expect(ordered ? results : results.sort((a, b) => a - b)).toEqual(ALL)
      expect(letters).toHaveLength(1)
      expect(letters[0]).toMatchObject({ item: bad, attempt: 2, stage: 'mapWorkers', error })
    }
  })
})

it.each([true, false])('where no item can be sent at all, each is decided about (ordered: %s)', async (ordered) => {
  const bad = Array.from({ length: 50 }, () => give(() => {}))
  for (const onError of ['skip', retry<Order>({ times: 2, delayMs: 0, then: 'skip' })] as const) {
    const run = from([...bad, give(1)]).pipe(onThreads({ batch: 2, ordered, onError })).to(toArray()).run()
    expect(await run).toEqual([1])
    expect(run.stats().stages.find(({ name }) => name === 'mapWorkers')?.dropped).toBe(50)
  }
})

it('A5: an item that cannot be sent sets no timer, and costs no thread', async () => {
  const clock = new VirtualClock()
  const probe = manualSource<unknown>()
  const make = inProcessWorker((item) => item)
  let threads = 0
  const counted = (): ReturnType<typeof make> => (threads++, make())
  const run = probe.source.pipe(mapWorkers<unknown, unknown>(counted, { threads: 1, timeoutMs: 100, onError: 'skip' })).to(toArray()).run({ clock })
  await settle()
  probe.emit(() => {})
  await settle()
  expect(clock.pendingTimers).toBe(0)
  await clock.advance(1000)
  probe.emit(1, () => {})
  probe.end()
  expect(await run).toEqual([1])
  expect([threads, clock.pendingTimers]).toEqual([1, 0])
})

describe('errors', () => {
  it('have the name, stack and cause they have on the thread', async () => {
    const error = await from([{ do: 'throw', message: 'm' }] satisfies Order[]).pipe(onThreads({})).to(toArray()).run().then(() => undefined, (reason: unknown) => reason as Error)
    expect(error).toBeInstanceOf(Error)
    expect(error?.stack).toMatch(/^Peculiar: m\n[^]*deepInTheWorker/)
    expect(error?.cause).toBeInstanceOf(TypeError)
    expect(error?.cause).toMatchObject({ message: 'the reason' })
  })

  it('of a timeout are a TimeoutError, and of a thread a ThreadError', async () => {
    await expect(from([{ do: 'hang' }] satisfies Order[]).pipe(onThreads({ timeoutMs: 50 })).to(toArray()).run()).rejects.toBeInstanceOf(TimeoutError)
    await expect(from([{ do: 'exit', code: 0 }] satisfies Order[]).pipe(onThreads({})).to(toArray()).run()).rejects.toBeInstanceOf(ThreadError)
  })
})

describe('a thread that is gone', () => {
  it('is replaced, and its item is done with the next attempt', async () => {
    const orders = [give('a'), { do: 'exit', code: 1, untilAttempt: 3 }, give('b')] satisfies Order[]
    const run = from(orders).pipe(onThreads({ threads: 1, onError: retry({ times: 5, delayMs: 0 }) })).to(toArray()).run()
    expect(await run).toEqual(['a', 3, 'b'])
  })

  it('loses nothing, even where every fifth item ends its thread', async () => {
    const orders = Array.from({ length: 100 }, (_, i): Order => (i % 5 === 4 ? { do: 'exit', code: i, untilAttempt: 2 } : give(i)))
    const run = from(orders).pipe(onThreads({ batch: 8, onError: retry({ times: 1, delayMs: 0 }) })).to(toArray()).run()
    expect(await run).toEqual(Array.from({ length: 100 }, (_, i) => (i % 5 === 4 ? 2 : i)))
  }, 30_000)

  it('does not blame the items it had beside the one it was at', async () => {
    const blamed: Order[] = []
    const onError = (_: unknown, item: Order): 'skip' => {
      blamed.push(item)
      return 'skip'
    }
    const bad: Order = { do: 'exit', code: 1 }
    expect(await around(bad).pipe(onThreads({ threads: 1, batch: 64, onError })).to(toArray()).run()).toEqual(ALL)
    expect(blamed).toEqual([bad])
  })

  it('where memory cannot be shared, is found out by trying its items one by one', async () => {
    const Shared = globalThis.SharedArrayBuffer
    Object.assign(globalThis, { SharedArrayBuffer: undefined })
    try {
      const blamed: Order[] = []
      const onError = (_: unknown, item: Order): 'skip' => {
        blamed.push(item)
        return 'skip'
      }
      const bad: Order = { do: 'exit', code: 1 }
      expect(await around(bad).pipe(onThreads({ batch: 64, onError })).to(toArray()).run()).toEqual(ALL)
      expect(blamed).toEqual([bad])
    } finally {
      Object.assign(globalThis, { SharedArrayBuffer: Shared })
    }
  })
})

describe('what was handed over', () => {
  interface Picture { readonly bytes: Uint8Array<ArrayBuffer>; readonly order: Order }
  const pictures = bundledWorker('./pictures.worker.ts')
  const picture = (order: Order): Picture => ({ bytes: new Uint8Array([1, 2, 3]), order })
  const options: MapWorkersOptions<Picture> = { threads: 1, transfer: ({ bytes }) => [bytes.buffer] }

  it('comes back with a failure of the function, and can be tried again', async () => {
    const letters: DeadLetter<Picture>[] = []
    const onError = retry<Picture>({ times: 2, delayMs: 0, then: deadLetter<Picture>(forEach((letter) => { letters.push(letter) })) })
    const run = from([picture({ do: 'throw', message: 'm' }), picture(give(1))]).pipe(mapWorkers<Picture, unknown>(pictures, { ...options, onError })).to(toArray()).run()
    expect(await run).toEqual([3])
    expect(letters).toMatchObject([{ attempt: 3, item: { bytes: new Uint8Array([1, 2, 3]) } }])
  })

  it('goes down with its thread: it is told of, and trying it again fails the run', async () => {
    const bad = picture({ do: 'exit', code: 1 })
    const told: Picture[] = []
    const skip = mapWorkers<Picture, unknown>(pictures, { ...options, batch: 1, capacity: 1, onError: (_, item) => (told.push(item), 'skip') })
    expect(await from([bad, picture(give(1))]).pipe(skip).to(toArray()).run()).toEqual([3])
    expect(told).toEqual([bad])
    const again = mapWorkers<Picture, unknown>(pictures, { ...options, onError: retry({ times: 5, delayMs: 0 }) })
    await expect(from([picture({ do: 'exit', code: 1 })]).pipe(again).to(toArray()).run()).rejects.toMatchObject({ kind: 'exited' })
  })
})

describe('a script that does not start', () => {
  it.each([
    ['is not there', new URL('file:///no/such/script.mjs'), /has ended: .*no.such.script/],
    ['throws', new URL('data:text/javascript,throw new RangeError("at its top")'), /has ended: at its top before it was ready/],
    ['never calls defineWorker', new URL('data:text/javascript,'), /has ended with code 0 before it was ready: does its script call defineWorker/],
    ['is no address', './\0', /./],
  ])('because it %s fails the run, whatever onError says', async (_, script, message) => {
    const run = from([1, 2, 3]).pipe(mapWorkers(script, { threads: 2, onError: 'skip' })).to(toArray()).run()
    await expect(run).rejects.toThrow(message)
  })

  it('because it defines two workers fails the run, and says so', async () => {
    const run = from([1, 2, 3]).pipe(mapWorkers(bundledWorker('./twice.worker.ts'), { threads: 2, onError: 'skip' })).to(toArray()).run()
    await expect(run).rejects.toMatchObject({ name: 'ThreadError', kind: 'start', message: expect.stringContaining('has ended: defineWorker was called twice in one thread') })
  })

  it('a second worker that is defined later is a failure of the item that did it', async () => {
    const run = from([1, 2, 3, 4]).pipe(mapWorkers<(n: number) => number>(bundledWorker('./late-twice.worker.ts'), { threads: 1, batch: 1, onError: 'skip' })).to(toArray()).run()
    expect(await run).toEqual([1, 2, 4])
  })

  it('because it takes too long fails the run', async () => {
    const script = new URL('data:text/javascript,setInterval(() => {}, 1000)')
    await expect(from([1]).pipe(mapWorkers(script, { threads: 1, startTimeoutMs: 100 })).to(toArray()).run()).rejects.toThrow('mapWorkers: a thread was not ready within 100 ms: does its script call defineWorker?')
  })
})

it('a thread that gives more results than it had items is replaced, and throws nothing into the main thread', async () => {
  let made = 0
  const twice = (): WorkerLike => {
    made++
    const worker = inProcessWorker((n) => n)() as WebWorkerLike
    const listen = worker.addEventListener.bind(worker)
    worker.addEventListener = (type, listener) => {
      listen(type, (event) => {
        listener(event)
        if ((event.data as { readonly sluice: string }).sluice === 'results') listener(event)
      })
    }
    return worker
  }
  const source = manualSource<number>()
  const run = source.source.pipe(mapWorkers<(n: number) => number>(twice, { threads: 1, batch: 1 })).to(toArray()).run()
  for (const n of [1, 2]) {
    source.emit(n)
    await settle()
  }
  source.end()
  expect([await run, made]).toEqual([[1, 2], 2])
})

describe('shrinking and growing, quicker than a thread starts', () => {
  it('leaves the thread that started first alone, so that it gets ready', async () => {
    const workers: { release: () => void; ended: boolean }[] = []
    const slow = (): WorkerLike => {
      const worker = inProcessWorker((n) => n)() as WebWorkerLike
      const held = { release: (): void => {}, ended: false }
      const { postMessage, terminate } = worker
      worker.postMessage = (message, transfer) => {
        if ((message as { readonly sluice: string }).sluice === 'start') held.release = () => { postMessage(message, transfer) }
        else postMessage(message, transfer)
      }
      worker.terminate = () => {
        held.ended = true
        terminate()
      }
      workers.push(held)
      return worker
    }
    const threads = new Threads(1)
    const run = from(Array.from({ length: 40 }, (_, i) => i)).pipe(mapWorkers<(n: number) => number>(slow, { threads, batch: 1, capacity: 4 })).to(toArray()).run()
    await settle()
    for (let n = 0; n < 20; n++) {
      threads.resize(1 + (n % 4))
      await settle(1)
    }
    threads.resize(1)
    await settle()
    expect(workers.filter(({ ended }) => !ended)).toEqual([workers[0]])
    workers[0]?.release()
    expect(await run).toHaveLength(40)
  })
})

/** The part of a Web Worker that the tests replace. */
interface WebWorkerLike {
  postMessage(message: unknown, transfer: never): void
  addEventListener(type: string, listener: (event: { readonly data: unknown }) => void): void
  terminate(): void
}
