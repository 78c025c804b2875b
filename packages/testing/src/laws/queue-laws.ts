import { assert, assertEqual } from '../probe/assert'
import { seededRandom } from '../schedule/random'
import { settle } from '../time/settle'
import type { LawCase } from './law-case'

/** What the suite uses of a queue. */
export interface QueueUnderLaw {
  readonly size: number
  readonly capacity: number
  put(value: number, options?: { readonly signal?: AbortSignal }): Promise<void>
  tryPut(value: number): boolean
  take(options?: { readonly signal?: AbortSignal }): Promise<number>
  tryTake(): number | undefined
  close(): void
  fail(error: unknown): void
}

/** An entry of the law suite: a queue with the policy `wait`. */
export interface QueueEntry {
  readonly name: string
  readonly make: (capacity: number) => QueueUnderLaw
  /** The order in which values come out that were all put before the first was taken. Default: as they were put. */
  readonly order?: (values: readonly number[]) => number[]
  readonly capacities?: readonly number[]
}

/** Generates the cases of one queue. */
export function queueLaws(entry: QueueEntry): LawCase[] {
  const cases: LawCase[] = []
  const add = (law: string, name: string, run: () => Promise<void>): void => {
    cases.push({ law, name: `${law}: ${entry.name}: ${name}`, run })
  }
  const order = entry.order ?? ((values: readonly number[]): number[] => [...values])

  for (const capacity of entry.capacities ?? [0, 1, 2, 7]) {
    add('Q1', `capacity ${capacity}: values come out once, in order, and never more are inside than fit`, async () => {
      const queue = entry.make(capacity)
      const values = Array.from({ length: capacity }, (_, i) => (i * 7) % 5)
      for (const value of values) assert(queue.tryPut(value), 'there is room')
      assert(!queue.tryPut(9), 'full')
      assertEqual(queue.size, capacity, 'the size')
      const taken: unknown[] = []
      for (let value = queue.tryTake(); value !== undefined; value = queue.tryTake()) taken.push(value)
      assertEqual(taken, order(values), 'what came out')
    })
    add('Q2', `capacity ${capacity}: a full queue holds the producer until one value is taken`, async () => {
      const queue = entry.make(capacity)
      for (let i = 0; i < capacity; i++) queue.tryPut(i)
      let accepted = false
      const putting = queue.put(99).then(() => { accepted = true })
      await settle(1)
      assert(!accepted, 'the put waits')
      await queue.take()
      await putting
      assert(accepted, 'the put was accepted')
    })
    add('Q3', `capacity ${capacity}: after close what is inside comes out, then takers learn of the end`, async () => {
      const queue = entry.make(capacity)
      for (let i = 0; i < capacity; i++) queue.tryPut(i)
      const waiting = queue.put(50)
      queue.close()
      await rejects(queue.put(1), 'QueueClosedError')
      const taken: number[] = []
      for (let i = 0; i <= capacity; i++) taken.push(await queue.take())
      await waiting
      assertEqual([...taken].sort(byNumber), [...Array.from({ length: capacity }, (_, i) => i), 50].sort(byNumber), 'what came out')
      await rejects(queue.take(), 'QueueClosedError')
    })
    add('Q4', `capacity ${capacity}: after fail takers get what is inside, then the error`, async () => {
      const queue = entry.make(capacity)
      for (let i = 0; i < capacity; i++) queue.tryPut(i)
      const error = new TypeError('broken')
      queue.fail(error)
      for (let i = 0; i < capacity; i++) await queue.take()
      await rejects(queue.take(), 'TypeError')
    })
    add('Q5', `capacity ${capacity}: an aborted put is not in the queue, an aborted take has taken nothing`, async () => {
      const queue = entry.make(capacity)
      for (let i = 0; i < capacity; i++) queue.tryPut(i)
      const controller = new AbortController()
      const putting = queue.put(77, { signal: controller.signal })
      controller.abort(new Error('gave up'))
      await rejects(putting, 'Error')
      for (let i = 0; i < capacity; i++) assert((await queue.take()) !== 77, 'the aborted value')
      const second = new AbortController()
      const taking = queue.take({ signal: second.signal })
      second.abort(new Error('gave up'))
      await rejects(taking, 'Error')
      const next = queue.take()
      await queue.put(5)
      assertEqual(await next, 5, 'the next taker')
    })
    add('Q6', `capacity ${capacity}: with random producers and consumers no value is lost or doubled`, async () => {
      for (let seed = 1; seed <= 20; seed++) {
        const random = seededRandom(seed)
        const queue = entry.make(capacity)
        const pause = async (): Promise<void> => { for (let i = Math.floor(random() * 3); i > 0; i--) await Promise.resolve() }
        const produced = [0, 1, 2].map(async (producer) => {
          for (let i = 0; i < 20; i++) {
            await pause()
            await queue.put(producer * 100 + i)
          }
        })
        const taken: number[] = []
        const consumed = [0, 1].map(async () => {
          for (;;) {
            await pause()
            try {
              taken.push(await queue.take())
            } catch {
              return
            }
            assert(queue.size <= Math.max(1, capacity), 'never more inside than fit')
          }
        })
        await Promise.all(produced)
        queue.close()
        await Promise.all(consumed)
        const all = [0, 1, 2].flatMap((producer) => Array.from({ length: 20 }, (_, i) => producer * 100 + i))
        assertEqual([...taken].sort(byNumber), all, `what came out under seed ${seed}`)
      }
    })
  }
  return cases
}

const byNumber = (a: number, b: number): number => a - b

async function rejects(work: Promise<unknown>, name: string): Promise<void> {
  const error = await work.then(() => undefined, (reason: unknown) => reason)
  assertEqual((error as Error | undefined)?.name, name, 'the rejection')
}
