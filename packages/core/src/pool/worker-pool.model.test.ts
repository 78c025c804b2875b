import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { FakeClock, settled } from '../../test/fake-clock'
import { WorkerPool } from './worker-pool'

interface Item {
  id: number
  until: number
}

/** What a pool should do: three arrays. */
class Model {
  now = 0
  callers: Item[] = []
  waiting: Item[] = []
  running: Item[] = []
  started: number[] = []
  accepted: number[] = []
  results = new Map<number, string>()
  completed = 0
  failed = 0
  refusal: string | undefined

  constructor(
    public concurrency: number,
    readonly capacity: number,
    readonly timeoutMs: number,
  ) {}

  settle(): void {
    for (;;) {
      if (this.running.length < this.concurrency && this.waiting.length > 0) {
        const item = this.waiting.splice(0, 1)[0] as Item
        item.until = this.now + this.timeoutMs
        this.running.push(item)
        this.started.push(item.id)
      } else if (this.callers.length > 0 && this.hasRoom) {
        const item = this.callers.splice(0, 1)[0] as Item
        this.accepted.push(item.id)
        this.waiting.push(item)
      } else return
    }
  }

  get hasRoom(): boolean {
    return this.waiting.length < this.capacity + Math.max(0, this.concurrency - this.running.length)
  }

  submit(id: number): void {
    if (this.refusal === undefined) this.callers.push({ id, until: Infinity })
    else this.reject(id, this.refusal)
    this.settle()
  }

  reject(id: number, error: string): void {
    if (!this.results.has(id)) this.results.set(id, error)
  }

  /** A worker has stopped. */
  finish(id: number, result: string): void {
    if (result === 'done' && !this.results.has(id)) {
      this.completed++
      this.results.set(id, 'done')
    } else this.failed++
    this.reject(id, result)
    this.running = this.running.filter((item) => item.id !== id)
    this.settle()
  }

  leave(id: number): void {
    const isIt = (item: Item): boolean => item.id === id
    if (![...this.callers, ...this.waiting, ...this.running].some(isIt)) return
    if (this.waiting.some(isIt)) this.failed++
    this.callers = this.callers.filter((item) => !isIt(item))
    this.waiting = this.waiting.filter((item) => !isIt(item))
    this.reject(id, 'left')
    this.settle()
  }

  end(refusal: string, aborts: boolean): void {
    this.refusal ??= refusal
    for (const { id } of this.callers.splice(0)) this.reject(id, refusal)
    if (!aborts) return
    for (const { id } of this.waiting.splice(0)) {
      this.failed++
      this.reject(id, refusal)
    }
  }

  advance(): void {
    this.now++
    for (const { id, until } of this.running) if (until <= this.now) this.reject(id, 'TimeoutError')
  }
}

const which = fc.nat({ max: 30 })
const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('run' as const) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('submit' as const) }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('finish' as const), which, fails: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('leave' as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('resize' as const), to: fc.integer({ min: 1, max: 7 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const), aborts: fc.boolean(), really: fc.nat({ max: 3 }) }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

test.each([
  [1, 0],
  [1, 1],
  [2, 0],
  [2, 7],
  [7, 2],
])('Q80-Q90: %d workers with a queue of %d do what their model does, whatever is called in whatever order', async (concurrency, capacity) => {
  const runs = fc.asyncProperty(fc.array(step, { maxLength: 60 }), (steps) => compare(concurrency, capacity, steps))
  await fc.assert(runs, { numRuns: Number(process.env['FC_RUNS'] ?? 150) })
}, 120_000)

async function compare(concurrency: number, capacity: number, steps: Step[]): Promise<void> {
  const clock = new FakeClock()
  const timeoutMs = 7
  const model = new Model(concurrency, capacity, timeoutMs)
  const started: number[] = []
  const accepted: number[] = []
  const submitted = new Set<number>()
  const results = new Map<number, string>()
  const finishers = new Map<number, (result: string) => void>()
  const controllers: AbortController[] = []
  const work = (id: number): Promise<string> => {
    started.push(id)
    return new Promise((resolve, reject) => {
      finishers.set(id, (result) => {
        if (result === 'done') resolve(result)
        else reject(new Error(result))
      })
    })
  }
  // The bounds of calls have tests of their own: here a worker may ignore its end for ever.
  const pool = new WorkerPool(work, { concurrency, capacity, timeoutMs, settleWithinMs: Infinity, clock })
  const nameOf = (error: Error): string => (error.name === 'Error' ? error.message : error.name)
  for (const one of steps) {
    switch (one.do) {
      case 'run':
      case 'submit': {
        const id = controllers.length
        const controller = new AbortController()
        controllers.push(controller)
        const { signal } = controller
        const note = (result: string): void => void results.set(id, result)
        const noteError = (error: Error): void => {
          note(nameOf(error))
        }
        if (one.do === 'run') pool.run(id, { signal }).then(note, noteError)
        else {
          submitted.add(id)
          pool.submit(id, { signal }).then(({ result }) => {
            accepted.push(id)
            result.then(note, noteError)
          }, noteError)
        }
        model.submit(id)
        break
      }
      case 'finish': {
        const { id } = model.running[one.which % Math.max(1, model.running.length)] ?? {}
        if (id === undefined) break
        model.finish(id, one.fails ? 'failed' : 'done')
        finishers.get(id)?.(one.fails ? 'failed' : 'done')
        break
      }
      case 'leave':
        controllers[one.which]?.abort(new Error('left'))
        model.leave(one.which)
        break
      case 'resize':
        pool.resize(one.to)
        model.concurrency = one.to
        model.settle()
        break
      case 'advance':
        for (let ms = 0; ms < one.ms; ms++) {
          clock.advance(1)
          model.advance()
        }
        break
      case 'end':
        if (one.really > 0) break
        if (one.aborts) pool.abort(new Error('aborted'))
        else pool.close()
        model.end(one.aborts ? 'aborted' : 'QueueClosedError', one.aborts)
    }
    await settled()
    expect(started).toEqual(model.started)
    expect(accepted).toEqual(model.accepted.filter((id) => submitted.has(id)))
    expect(results).toEqual(model.results)
    expect(pool.stats).toEqual({
      running: model.running.length,
      waiting: model.waiting.length,
      completed: model.completed,
      failed: model.failed,
      concurrency: model.concurrency,
    })
    expect(clock.pending).toBe(model.running.filter(({ until }) => until > model.now).length)
  }
}
