import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BoundedQueue, type Overflow } from '../index'

/** What happens to a queue, in some order. */
type Step =
  | { readonly do: 'put' | 'tryPut'; readonly value: number; readonly abort: boolean }
  | { readonly do: 'take'; readonly abort: boolean }
  | { readonly do: 'tryTake' | 'close' }
  | { readonly do: 'takeUpTo'; readonly count: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('put' as const, 'tryPut' as const), value: fc.nat(99), abort: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('take' as const), abort: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('tryTake' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('takeUpTo' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const) }) },
)

/** The reference: lists, and a loop that moves values from one to the next. */
class Model {
  inside: number[] = []
  puts: { value: number; log: string[]; at: number }[] = []
  takes: { count: number; log: string[]; at: number }[] = []
  dropped: number[] = []
  closed = false

  constructor(readonly capacity: number, readonly overflow: Overflow) {}

  get room(): boolean {
    return this.inside.length < (this.capacity === 0 ? this.takes.length : this.capacity)
  }

  put(value: number, log: string[], at: number, waits: boolean): void {
    if (this.closed) log[at] = waits ? 'closed' : 'false'
    else if (this.puts.length === 0 && this.room) {
      this.inside.push(value)
      log[at] = waits ? 'put' : 'true'
    } else if (this.overflow === 'drop-newest') {
      this.dropped.push(value)
      log[at] = waits ? 'put' : 'false'
    } else if (this.overflow === 'drop-oldest' || this.overflow === 'latest') {
      while (this.inside.length > 0 && (this.overflow === 'latest' || !this.room)) this.dropped.push(this.inside.shift()!)
      const room = this.room
      ;(room ? this.inside : this.dropped).push(value)
      log[at] = waits || room ? (waits ? 'put' : 'true') : 'false'
    } else if (!waits) log[at] = 'false'
    else if (this.overflow === 'fail') log[at] = 'full'
    else this.puts.push({ value, log, at })
    this.flow()
  }

  next(): number | undefined {
    if (this.inside.length > 0) return this.inside.shift()
    const put = this.puts.shift()
    if (put) put.log[put.at] = 'put'
    return put?.value
  }

  take(count: number, log: string[], at: number): void {
    this.takes.push({ count, log, at })
    this.flow()
  }

  flow(): void {
    for (;;) {
      while (this.puts.length > 0 && this.room) {
        const put = this.puts.shift()!
        this.inside.push(put.value)
        put.log[put.at] = 'put'
      }
      if (this.takes.length === 0 || (this.inside.length + this.puts.length === 0 && !this.closed)) return
      const take = this.takes.shift()!
      const values: number[] = []
      for (let value = this.next(); value !== undefined; value = values.length < take.count ? this.next() : undefined) {
        values.push(value)
        if (values.length === take.count) break
        while (this.puts.length > 0 && this.room) {
          const put = this.puts.shift()!
          this.inside.push(put.value)
          put.log[put.at] = 'put'
        }
      }
      take.log[take.at] = take.count > 1 ? `[${values.join()}]` : values.length > 0 ? String(values[0]) : 'closed'
    }
  }
}

const settle = async (): Promise<void> => { for (let i = 0; i < 10; i++) await Promise.resolve() }

describe.each([0, 1, 2, 7])('capacity %i', (capacity) => {
  it.each(['wait', 'drop-oldest', 'drop-newest', 'latest', 'fail'] as const)('Q7, Q10: %s does what its model does, with random aborts', async (overflow) => {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const dropped: number[] = []
      const queue = new BoundedQueue<number>({ capacity, overflow, onDrop: (value) => dropped.push(value) })
      const model = new Model(capacity, overflow)
      const seen: string[] = []
      const expected: string[] = []
      for (const [at, next] of steps.entries()) {
        const note = (text: string): void => { seen[at] = text }
        const failed = (error: Error): void => { note({ QueueClosedError: 'closed', QueueFullError: 'full' }[error.name] ?? 'aborted') }
        seen[at] = expected[at] = 'waiting'
        const controller = new AbortController()
        if (next.do === 'put') {
          queue.put(next.value, { signal: controller.signal }).then(() => { note('put') }, failed)
          model.put(next.value, expected, at, true)
        } else if (next.do === 'tryPut') {
          note(String(queue.tryPut(next.value)))
          model.put(next.value, expected, at, false)
        } else if (next.do === 'take') {
          queue.take({ signal: controller.signal }).then((value) => { note(String(value)) }, failed)
          model.take(1, expected, at)
        } else if (next.do === 'tryTake') {
          note(String(queue.tryTake()))
          expected[at] = String(model.takes.length === 0 ? model.next() : undefined)
          model.flow()
        } else if (next.do === 'takeUpTo') {
          queue.takeUpTo(next.count + 1).then((values) => { note(`[${values.join()}]`) }, failed)
          model.take(next.count + 1, expected, at)
        } else {
          queue.close()
          note('closing')
          model.closed = true
          model.flow()
          expected[at] = 'closing'
        }
        await settle()
        if ('abort' in next && next.abort && expected[at] === 'waiting') {
          controller.abort(new Error('gave up'))
          model.puts = model.puts.filter((put) => put.at !== at)
          model.takes = model.takes.filter((take) => take.at !== at)
          expected[at] = 'aborted'
          model.flow()
          await settle()
        }
        expect(seen).toEqual(expected)
        expect([queue.size, queue.waitingPuts, queue.waitingTakes, queue.dropped]).toEqual(
          [model.inside.length, model.puts.length, model.takes.length, model.dropped.length])
      }
      expect(dropped).toEqual(model.dropped)
    }), { numRuns: Number(process.env['FC_RUNS'] ?? 150) })
  })
})
