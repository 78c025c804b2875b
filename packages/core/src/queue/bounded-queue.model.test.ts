import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VirtualClock } from '@sluice/testing'
import { BoundedQueue, KeyedQueue, PriorityQueue, type BoundedQueueOptions, type Overflow } from '../index'

/** Whether a caller that has to wait is patient. */
type GiveUp = 'never' | 'signal' | 'timeout'

/** What happens to a queue, in some order. */
type Step =
  | { readonly do: 'put' | 'tryPut'; readonly value: number; readonly giveUp: GiveUp }
  | { readonly do: 'take'; readonly giveUp: GiveUp }
  | { readonly do: 'tryTake' | 'close' }
  | { readonly do: 'takeUpTo'; readonly count: number; readonly min: number; readonly giveUp: GiveUp }
  | { readonly do: 'next' | 'leave'; readonly loop: number }

const giveUp = fc.constantFrom<GiveUp>('never', 'signal', 'timeout')
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('put' as const, 'tryPut' as const), value: fc.nat(99), giveUp }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('take' as const), giveUp }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('tryTake' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('takeUpTo' as const), count: fc.integer({ min: 2, max: 5 }), min: fc.integer({ min: 1, max: 5 }), giveUp }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('next' as const), loop: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), loop: fc.nat(1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const) }) },
)

/** Which of the values inside comes out next, and which one a dropping policy gives up. */
interface Order {
  next(inside: number[]): number
  drop(inside: number[]): number
}

const fifo: Order = { next: () => 0, drop: () => 0 }
/** Levels by the remainder of 3: the lowest first, of equals the oldest; the highest is dropped first. */
const byLevel: Order = {
  next: (inside) => inside.findIndex((value) => value % 3 === Math.min(...inside.map((each) => each % 3))),
  drop: (inside) => inside.findIndex((value) => value % 3 === Math.max(...inside.map((each) => each % 3))),
}

/** Keys take turns: the reference keeps the list of keys that have values, in the order of their turns. */
class Turns implements Order {
  #turns: number[] = []

  next(inside: number[]): number {
    const keys = inside.map((value) => value % 3)
    this.#turns = [...this.#turns.filter((key) => keys.includes(key)), ...new Set(keys.filter((key) => !this.#turns.includes(key)))]
    const key = this.#turns.shift() as number
    if (keys.filter((each) => each === key).length > 1) this.#turns.push(key)
    return keys.indexOf(key)
  }

  /** A key gets its turn when its first value comes in. */
  came(inside: number[]): void {
    const key = (inside.at(-1) as number) % 3
    if (!this.#turns.includes(key)) this.#turns.push(key)
  }

  drop(inside: number[]): number {
    return this.next(inside)
  }
}

/** The reference: lists, and a loop that moves values from one to the next. */
class Model {
  inside: number[] = []
  puts: { value: number; log: string[]; at: number }[] = []
  takes: { count: number; min: number; loop: number | undefined; log: string[]; at: number }[] = []
  readonly left = new Set<number>()
  dropped: number[] = []
  closed = false

  constructor(readonly capacity: number, readonly overflow: Overflow, readonly order: Order) {}

  get room(): boolean {
    return this.inside.length < (this.capacity === 0 ? this.takes.length : this.capacity)
  }

  put(value: number, log: string[], at: number, waits: boolean): void {
    if (this.closed) log[at] = waits ? 'closed' : 'false'
    else if (this.puts.length === 0 && this.room) {
      this.enter(value)
      log[at] = waits ? 'put' : 'true'
    } else if (this.overflow === 'drop-newest') {
      this.dropped.push(value)
      log[at] = waits ? 'put' : 'false'
    } else if (this.overflow === 'drop-oldest' || this.overflow === 'latest') {
      while (this.inside.length > 0 && (this.overflow === 'latest' || !this.room)) this.dropped.push(this.inside.splice(this.order.drop(this.inside), 1)[0]!)
      const room = this.room
      if (room) this.enter(value)
      else this.dropped.push(value)
      log[at] = waits || room ? (waits ? 'put' : 'true') : 'false'
    } else if (!waits) log[at] = 'false'
    else if (this.overflow === 'fail') log[at] = 'full'
    else this.puts.push({ value, log, at })
    this.flow()
  }

  enter(value: number): void {
    this.inside.push(value)
    if (this.order instanceof Turns) this.order.came(this.inside)
  }

  next(): number | undefined {
    if (this.inside.length > 0) return this.inside.splice(this.order.next(this.inside), 1)[0]
    const put = this.puts.shift()
    if (put) put.log[put.at] = 'put'
    return put?.value
  }

  take(count: number, log: string[], at: number, min = 1, loop?: number): void {
    if (loop !== undefined && this.left.has(loop)) log[at] = 'end'
    else this.takes.push({ count, min, loop, log, at })
    this.flow()
  }

  /** A loop is left: what it waits for is answered, and it takes nothing. */
  leave(loop: number): void {
    this.left.add(loop)
    for (const take of this.takes.filter((each) => each.loop === loop)) take.log[take.at] = 'end'
    this.takes = this.takes.filter((each) => each.loop !== loop)
    this.flow()
  }

  /** Enough for the first taker is there, or no more can come in: a put waits, or the queue is closed. */
  get serves(): boolean {
    const there = this.inside.length > 0 ? this.inside.length : this.puts.length
    return this.closed || there >= this.takes[0]!.min || (this.inside.length > 0 && this.puts.length > 0)
  }

  flow(): void {
    for (;;) {
      while (this.puts.length > 0 && this.room) {
        const put = this.puts.shift()!
        this.enter(put.value)
        put.log[put.at] = 'put'
      }
      if (this.takes.length === 0 || !this.serves) return
      const take = this.takes.shift()!
      const values: number[] = []
      for (let value = this.next(); value !== undefined; value = values.length < take.count ? this.next() : undefined) {
        values.push(value)
        if (values.length === take.count) break
        while (this.puts.length > 0 && this.room) {
          const put = this.puts.shift()!
          this.enter(put.value)
          put.log[put.at] = 'put'
        }
      }
      take.log[take.at] = take.count > 1 ? `[${values.join()}]` : values.length > 0 ? String(values[0]) : take.loop === undefined ? 'closed' : 'end'
    }
  }
}

const settle = async (): Promise<void> => { for (let i = 0; i < 10; i++) await Promise.resolve() }

const queues: Record<string, { make: (options: BoundedQueueOptions<number>) => BoundedQueue<number>; order: () => Order }> = {
  BoundedQueue: { make: (options) => new BoundedQueue(options), order: () => fifo },
  'PriorityQueue by levels': { make: (options) => new PriorityQueue({ ...options, levels: 3, priority: (value) => value % 3 }), order: () => byLevel },
  'PriorityQueue by order': { make: (options) => new PriorityQueue({ ...options, compare: (a, b) => (a % 3) - (b % 3) }), order: () => byLevel },
  KeyedQueue: { make: (options) => new KeyedQueue({ ...options, key: (value) => value % 3 }), order: () => new Turns() },
}

describe.each(Object.entries(queues).flatMap(([name, queue]) => [0, 1, 2, 7].map((capacity) => ({ name, capacity, ...queue }))))('$name, capacity $capacity', ({ capacity, make, order }) => {
  it.each(['wait', 'drop-oldest', 'drop-newest', 'latest', 'fail'] as const)('Q7, Q10: %s does what its model does, with random aborts and timeouts', async (overflow) => {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const dropped: number[] = []
      const clock = new VirtualClock()
      const queue = make({ capacity, overflow, clock, onDrop: (value) => dropped.push(value) })
      const model = new Model(capacity, overflow, order())
      const loops = [queue[Symbol.asyncIterator](), queue[Symbol.asyncIterator]()]
      const seen: string[] = []
      const expected: string[] = []
      for (const [at, next] of steps.entries()) {
        const note = (text: string): void => { seen[at] = text }
        const failed = (error: Error): void => { note({ QueueClosedError: 'closed', QueueFullError: 'full' }[error.name] ?? 'aborted') }
        seen[at] = expected[at] = 'waiting'
        const controller = new AbortController()
        const patience = 'giveUp' in next ? next.giveUp : 'never'
        const options = { ...(patience === 'signal' && { signal: controller.signal }), ...(patience === 'timeout' && { timeoutMs: 10 }) }
        if (next.do === 'put') {
          queue.put(next.value, options).then(() => { note('put') }, failed)
          model.put(next.value, expected, at, true)
        } else if (next.do === 'tryPut') {
          note(String(queue.tryPut(next.value)))
          model.put(next.value, expected, at, false)
        } else if (next.do === 'take') {
          queue.take(patience === 'never' ? undefined : options).then((value) => { note(String(value)) }, failed)
          model.take(1, expected, at)
        } else if (next.do === 'tryTake') {
          note(String(queue.tryTake()))
          expected[at] = String(model.takes.length === 0 ? model.next() : undefined)
          model.flow()
        } else if (next.do === 'takeUpTo') {
          const min = Math.min(next.min, next.count, Math.max(1, capacity))
          queue.takeUpTo(next.count, { min, ...options }).then((values) => { note(`[${values.join()}]`) }, failed)
          model.take(next.count, expected, at, min)
        } else if (next.do === 'next') {
          loops[next.loop]!.next().then(({ done, value }) => { note(done === true ? 'end' : String(value)) }, failed)
          model.take(1, expected, at, 1, next.loop)
        } else if (next.do === 'leave') {
          void loops[next.loop]!.return!()
          note('leaving')
          model.leave(next.loop)
          expected[at] = 'leaving'
        } else {
          queue.close()
          note('closing')
          model.closed = true
          model.flow()
          expected[at] = 'closing'
        }
        await settle()
        if (patience !== 'never' && expected[at] === 'waiting') {
          if (patience === 'signal') controller.abort(new Error('gave up'))
          else clock.fire(10)
          model.puts = model.puts.filter((put) => put.at !== at)
          model.takes = model.takes.filter((take) => take.at !== at)
          expected[at] = 'aborted'
          model.flow()
          await settle()
        }
        expect(seen).toEqual(expected)
        expect([queue.size, queue.waitingPuts, queue.waitingTakes, queue.dropped]).toEqual(
          [model.inside.length, model.puts.length, model.takes.length, model.dropped.length])
        expect(Math.min(queue.waitingPuts, queue.waitingTakes)).toBe(0)
      }
      expect(dropped).toEqual(model.dropped)
      queue.close()
      expect(clock.pendingTimers).toBe(0)
    }), { numRuns: Number(process.env['FC_RUNS'] ?? 60) })
  })
})
