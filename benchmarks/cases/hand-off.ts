import { BoundedQueue } from '@sluice/core'
import type { Case, Contender } from '../case'

const COUNT = 300_000

/** The queue everybody writes first: an array with `shift`, and lists of who waits. */
class NaiveQueue {
  readonly #values: number[] = []
  readonly #putters: (() => void)[] = []
  readonly #takers: (() => void)[] = []

  constructor(readonly capacity: number) {}

  async put(value: number): Promise<void> {
    while (this.#values.length >= this.capacity) await new Promise<void>((resolve) => { this.#putters.push(resolve) })
    this.#values.push(value)
    this.#takers.shift()?.()
  }

  async take(): Promise<number> {
    while (this.#values.length === 0) await new Promise<void>((resolve) => { this.#takers.push(resolve) })
    const value = this.#values.shift() as number
    this.#putters.shift()?.()
    return value
  }
}

type Queue = { put(value: number): Promise<void>; take(): Promise<number> }

const awaited = (make: () => Queue): Contender => async () => {
  const queue = make()
  let sum = 0
  const produce = async (): Promise<void> => { for (let i = 0; i < COUNT; i++) await queue.put(i) }
  const consume = async (): Promise<void> => { for (let i = 0; i < COUNT; i++) sum += await queue.take() }
  await Promise.all([produce(), consume()])
  return sum
}

const tried = (capacity: number): Contender => async () => {
  const queue = new BoundedQueue<number>({ capacity })
  let sum = 0
  const produce = async (): Promise<void> => { for (let i = 0; i < COUNT; i++) if (!queue.tryPut(i)) await queue.put(i) }
  const consume = async (): Promise<void> => {
    for (let i = 0; i < COUNT; i++) {
      const value = queue.tryTake()
      sum += value === undefined ? await queue.take() : value
    }
  }
  await Promise.all([produce(), consume()])
  return sum
}

const handOff = (capacity: number): Case => ({
  name: `hand-off-${capacity}`,
  what: `one producer hands 300,000 numbers to one consumer, capacity ${capacity}`,
  values: COUNT,
  contenders: {
    sluice: awaited(() => new BoundedQueue<number>({ capacity })),
    'sluice, try first': tried(capacity),
    'array.shift queue': awaited(() => new NaiveQueue(capacity)),
  },
  goals: [{ rival: 'array.shift queue', atLeast: 1 }, { rival: 'array.shift queue', ours: 'sluice, try first', atLeast: capacity === 1 ? 1 : 2 }],
})

/** put and take of a BoundedQueue: with room for one value, for a few, for many. */
export const handOffs: readonly Case[] = [handOff(1), handOff(16), handOff(1024)]
