import { BoundedQueue } from '@sluice/core'
import type { Case, Contender } from '../case'

const COUNT = 300_000
const PRODUCERS = 3
const CONSUMERS = 5
const CAPACITY = 100

/** What a consumer is told in place of a value, when nothing more will come. */
const NOTHING = undefined

/** The queue everybody writes first: an array with `shift`, lists of who waits, and an end. */
class NaiveQueue {
  readonly #values: number[] = []
  readonly #putters: (() => void)[] = []
  readonly #takers: (() => void)[] = []
  #isClosed = false

  async put(value: number): Promise<void> {
    while (this.#values.length >= CAPACITY) await new Promise<void>((resolve) => { this.#putters.push(resolve) })
    this.#values.push(value)
    this.#takers.shift()?.()
  }

  async take(): Promise<number | undefined> {
    while (this.#values.length === 0) {
      if (this.#isClosed) return NOTHING
      await new Promise<void>((resolve) => { this.#takers.push(resolve) })
    }
    const value = this.#values.shift()
    this.#putters.shift()?.()
    return value
  }

  close(): void {
    this.#isClosed = true
    for (const wake of this.#takers.splice(0)) wake()
  }
}

interface Taker { readonly resolve: (value: number | undefined) => void; next: Taker | undefined }
interface Putter { readonly value: number; readonly resolve: () => void; next: Putter | undefined }

/** A ring of fixed size, and who waits in linked lists: a value goes straight to who waits for it. No abort, no timeouts. */
class Ring {
  readonly #slots = new Array<number>(128).fill(0)
  #head = 0
  #size = 0
  #takers: Taker | undefined
  #lastTaker: Taker | undefined
  #putters: Putter | undefined
  #lastPutter: Putter | undefined
  #isClosed = false

  tryPut(value: number): boolean {
    const taker = this.#takers
    if (taker !== undefined) {
      this.#takers = taker.next
      taker.resolve(value)
      return true
    }
    if (this.#size === CAPACITY) return false
    this.#slots[(this.#head + this.#size++) & 127] = value
    return true
  }

  put(value: number): Promise<void> | undefined {
    if (this.tryPut(value)) return undefined
    return new Promise((resolve) => {
      const putter: Putter = { value, resolve, next: undefined }
      if (this.#putters === undefined) this.#putters = putter
      else (this.#lastPutter as Putter).next = putter
      this.#lastPutter = putter
    })
  }

  take(): Promise<number | undefined> | number | undefined {
    if (this.#size > 0) {
      const value = this.#slots[this.#head] as number
      this.#head = (this.#head + 1) & 127
      this.#size--
      const putter = this.#putters
      if (putter !== undefined) {
        this.#putters = putter.next
        this.#slots[(this.#head + this.#size++) & 127] = putter.value
        putter.resolve()
      }
      return value
    }
    if (this.#isClosed) return NOTHING
    return new Promise((resolve) => {
      const taker: Taker = { resolve, next: undefined }
      if (this.#takers === undefined) this.#takers = taker
      else (this.#lastTaker as Taker).next = taker
      this.#lastTaker = taker
    })
  }

  close(): void {
    this.#isClosed = true
    for (let taker = this.#takers; taker !== undefined; taker = taker.next) taker.resolve(NOTHING)
    this.#takers = undefined
  }
}

interface Queue { put(value: number): Promise<void> | undefined; close(): void }

/** Three producers and five consumers of one queue; answers the sum. */
async function shared<Q extends Queue>(queue: Q, produce: (queue: Q) => Promise<void>, consume: (queue: Q) => Promise<number>): Promise<number> {
  const consumers = Array.from({ length: CONSUMERS }, () => consume(queue))
  await Promise.all(Array.from({ length: PRODUCERS }, () => produce(queue)))
  queue.close()
  return (await Promise.all(consumers)).reduce((sum, each) => sum + each, 0)
}

const put = async (queue: Queue): Promise<void> => {
  for (let i = 0; i < COUNT / PRODUCERS; i++) await queue.put(i)
}

const tryPut = async (queue: Queue & { tryPut(value: number): boolean }): Promise<void> => {
  for (let i = 0; i < COUNT / PRODUCERS; i++) if (!queue.tryPut(i)) await queue.put(i)
}

const iterate = async (queue: AsyncIterable<number>): Promise<number> => {
  let sum = 0
  for await (const value of queue) sum += value
  return sum
}

const take = async (queue: { take(): Promise<number | undefined> | number | undefined }): Promise<number> => {
  let sum = 0
  for (let value = await queue.take(); value !== undefined; value = await queue.take()) sum += value
  return sum
}

const contenders: Record<string, Contender> = {
  sluice: () => shared(new BoundedQueue<number>({ capacity: CAPACITY }), put, iterate),
  'array.shift queue': () => shared(new NaiveQueue(), put, take),
  ring: () => shared(new Ring(), put, take),
}

/** Several producers and several consumers of one queue. */
export const sharedQueues: readonly Case[] = [
  {
    name: 'shared-queue',
    what: '3 producers put 300,000 numbers into one queue of 100, 5 consumers; ours iterate it with for await, the rivals\' await take',
    values: COUNT,
    contenders,
    goals: [{ rival: 'array.shift queue', atLeast: 1 }, { rival: 'ring', atLeast: 0.6 }],
  },
  {
    name: 'shared-queue-try',
    what: 'the same, where producers await a put only when tryPut was refused',
    values: COUNT,
    contenders: {
      sluice: () => shared(new BoundedQueue<number>({ capacity: CAPACITY }), tryPut, iterate),
      'array.shift queue': contenders['array.shift queue'] as Contender,
      ring: () => shared(new Ring(), tryPut, take),
    },
    goals: [{ rival: 'array.shift queue', atLeast: 1 }, { rival: 'ring', atLeast: 0.6 }],
  },
]
