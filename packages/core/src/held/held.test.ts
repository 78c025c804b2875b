import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Held, orderOf, type OrderOptions, type Pushed, type Ticket, type Tickets } from '../authoring'
import { OVERFLOWS, type Overflow } from './overflow'

interface Item {
  readonly value: number
  readonly ticket: Ticket | undefined
  readonly weight: number
}

/** A ticket that writes down what it was told. */
function ticketOf(told: string[]): Ticket {
  return { split() { told.push('split') }, ack() { told.push('ack') }, nack(error) { told.push(`nack ${String(error)}`) } }
}

/** Which of the items inside comes out next, and which one is dropped for `value`. */
interface Order {
  came?(inside: readonly Item[]): void
  next(inside: readonly Item[]): number
  drop(inside: readonly Item[], value: number): number
  admits?(inside: readonly Item[], value: number): boolean
}

const fifo = (): Order => ({ next: () => 0, drop: () => 0 })
const byLevel = (): Order => ({
  next: (inside) => inside.findIndex(({ value }) => value % 3 === Math.min(...inside.map((each) => each.value % 3))),
  drop: (inside) => inside.findIndex(({ value }) => value % 3 === Math.max(...inside.map((each) => each.value % 3))),
})

/** At most two values of a key; the reference keeps the list of turns. */
function turns(): Order {
  const line: number[] = []
  const next = (inside: readonly Item[]): number => {
    for (;;) {
      const key = line.shift() as number
      const at = inside.findIndex(({ value }) => value % 3 === key)
      if (at < 0) continue
      if (inside.filter(({ value }) => value % 3 === key).length > 1) line.push(key)
      return at
    }
  }
  const admits = (inside: readonly Item[], value: number): boolean => inside.filter((each) => each.value % 3 === value % 3).length < 2
  return {
    came(inside) {
      const key = (inside.at(-1) as Item).value % 3
      if (!line.includes(key)) line.push(key)
    },
    next,
    drop: (inside, value) => (admits(inside, value) ? next(inside) : inside.findIndex((each) => each.value % 3 === value % 3)),
    admits,
  }
}

const orders: Record<string, { readonly options: OrderOptions<number>; readonly order: () => Order }> = {
  'first in, first out': { options: {}, order: fifo },
  'by levels': { options: { levels: 3, priority: (value) => value % 3 }, order: byLevel },
  'by order': { options: { compare: (a, b) => (a % 3) - (b % 3) }, order: byLevel },
  'by key': { options: { key: (value) => value % 3, perKey: 2 }, order: turns },
}

/** The reference: a list. */
class Model {
  inside: Item[] = []
  lost: Item[] = []

  constructor(readonly capacity: number, readonly maxWeight: number, readonly overflow: Overflow, readonly order: Order) {}

  get weight(): number {
    return this.inside.reduce((sum, { weight }) => sum + weight, 0)
  }

  room({ value, weight }: Item): boolean {
    if (this.inside.length >= this.capacity) return false
    if (this.inside.length > 0 && this.weight + weight > this.maxWeight) return false
    return this.order.admits?.(this.inside, value) ?? true
  }

  push(item: Item): Pushed {
    if (!this.room(item)) {
      if (this.overflow === 'wait') return 'full'
      if (this.overflow === 'fail') return 'refused'
      if (this.overflow === 'drop-newest') {
        this.lost.push(item)
        return 'dropped'
      }
      do this.lost.push(...this.inside.splice(this.order.drop(this.inside, item.value), 1))
      while (this.inside.length > 0 && (this.overflow === 'latest' || !this.room(item)))
    }
    this.inside.push(item)
    this.order.came?.(this.inside)
    return 'held'
  }

  drain(limit: number): Item[] {
    const items: Item[] = []
    while (this.inside.length > 0 && items.length < limit) items.push(...this.inside.splice(this.order.next(this.inside), 1))
    return items
  }
}

type Step =
  | { readonly do: 'push'; readonly value: number; readonly tracked: boolean }
  | { readonly do: 'drain'; readonly limit: number }
  | { readonly do: 'shift' | 'giveBack' | 'dropAll' }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ do: fc.constant('push' as const), value: fc.nat(99), tracked: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('drain' as const), limit: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('shift' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('giveBack' as const, 'dropAll' as const) }) },
)

describe.each(Object.entries(orders))('%s', (_name, { options, order }) => {
  it.each(OVERFLOWS.flatMap((overflow) => [{ overflow, weighs: false }, { overflow, weighs: true }]))(
    'H1, H2, H3: $overflow, weighed: $weighs: does what a list does, and each ticket leaves once',
    ({ overflow, weighs }) => {
      const bounds = fc.record({ capacity: fc.integer({ min: 1, max: 5 }), maxWeight: fc.nat(8), steps: fc.array(step, { maxLength: 40 }) })
      fc.assert(fc.property(bounds, ({ capacity, maxWeight, steps }) => {
        const weigh = (value: number): number => value % 4
        const lost: Item[] = []
        const held = new Held<number>({
          capacity, overflow, order: orderOf('test', options),
          onDrop: (value, ticket) => lost.push({ value, ticket, weight: weighs ? weigh(value) : 0 }),
          ...(weighs && { weigh, maxWeight }),
        })
        const model = new Model(capacity, weighs ? maxWeight : Infinity, overflow, order())
        const drained = (limit: number): Item[] => {
          const [into, tickets]: [number[], Tickets] = [[], []]
          const count = held.drainInto(into, tickets, limit)
          return into.slice(0, count).map((value, i) => ({ value, ticket: tickets[i], weight: weighs ? weigh(value) : 0 }))
        }
        for (const next of steps) {
          const told: string[] = []
          if (next.do === 'push') {
            const item = { value: next.value, ticket: next.tracked ? ticketOf(told) : undefined, weight: weighs ? weigh(next.value) : 0 }
            expect(held.push(item.value, item.ticket)).toBe(model.push(item))
          } else if (next.do === 'drain') expect(drained(next.limit)).toEqual(model.drain(next.limit))
          else if (next.do === 'shift') {
            const [first] = model.drain(1)
            const kept = held.shift()
            expect(kept && { value: kept.value, ticket: kept.ticket, weight: kept.weight }).toEqual(first)
          }
          else if (next.do === 'dropAll') {
            const all = model.drain(Infinity)
            expect(held.dropAll()).toBe(all.length)
            model.lost.push(...all)
          } else {
            const all = model.drain(Infinity)
            const back: unknown[] = []
            for (const { ticket } of all) if (ticket) ticket.nack = (reason) => back.push([ticket, reason])
            expect(held.giveBack('over')).toBe(all.length)
            expect(back).toEqual(all.filter(({ ticket }) => ticket).map(({ ticket }) => [ticket, 'over']))
          }
          expect(told).toEqual([])
          expect([held.size, held.weight, held.isEmpty]).toEqual([model.inside.length, model.weight, model.inside.length === 0])
          expect(held.isFull).toBe(held.size >= capacity || (weighs && held.weight >= maxWeight))
          expect(lost).toEqual(model.lost)
        }
        expect(drained(Infinity)).toEqual(model.drain(Infinity))
      }), { numRuns: Number(process.env['FC_RUNS'] ?? 60) })
    },
  )
})

describe('what there is room for', () => {
  it('H1: is known before values are read where only their number counts, else it is one to try', () => {
    const plain = new Held<number>({ capacity: 3 })
    const keyed = new Held<number>({ capacity: 3, order: orderOf('test', { key: (n) => n }) })
    expect([plain.room, keyed.room]).toEqual([3, 1])
    plain.pushAll([1, 2, 3, 4], 0, 3, null)
    for (let n = 0; n < 3; n++) keyed.push(n, undefined)
    expect([plain.room, keyed.room]).toEqual([0, 0])
  })

  it('H1: values with tickets may follow values without', () => {
    const held = new Held<string>({ capacity: 4 })
    const ticket = ticketOf([])
    held.pushAll(['z', 'a', 'b'], 1, 2, null)
    held.push('c', ticket)
    held.pushAll(['d'], 0, 1, undefined)
    const [into, tickets]: [string[], Tickets] = [[], [ticket, ticket]]
    expect(held.drainInto(into, tickets, 3)).toBe(3)
    expect(tickets).toEqual([undefined, undefined, ticket])
    expect(held.shift()).toEqual({ value: 'd', ticket: undefined, weight: 0 })
  })

  it('H1: low is a quarter of either bound, unless it is told', () => {
    const held = new Held<number>({ capacity: 8, maxWeight: 40, weigh: (n) => n })
    for (const n of [20, 1, 1]) held.push(n, undefined)
    expect(held.isLow).toBe(false)
    held.shift()
    expect(held.isLow).toBe(true)
    const told = new Held<number>({ capacity: 8, low: 0 })
    told.push(1, undefined)
    expect(told.isLow).toBe(false)
  })
})

describe('functions of the user', () => {
  const bang = (): never => { throw new Error('bang') }

  it.each<[string, Partial<ConstructorParameters<typeof Held<number>>[0]>]>([
    ['weigh', { weigh: (n) => (n === 3 ? bang() : n), maxWeight: 10 }],
    ['priority', { order: orderOf<number>('test', { levels: 2, priority: (n) => (n === 3 ? bang() : 0) }) }],
    ['compare', { order: orderOf<number>('test', { compare: (a, b) => (a === 3 || b === 3 ? bang() : a - b) }) }],
    ['key', { order: orderOf<number>('test', { key: (n) => (n === 3 ? bang() : n) }) }],
  ])('H4: a value on which %s throws is not held, and all else is', (_name, options) => {
    const held = new Held<number>({ capacity: 5, ...options })
    held.push(1, undefined)
    expect(() => held.push(3, undefined)).toThrow('bang')
    expect(held.push(2, undefined)).toBe('held')
    const into: number[] = []
    expect([held.drainInto(into, null, 9), into, held.weight]).toEqual([2, [1, 2], 0])
    for (const overflow of ['drop-oldest', 'latest'] as const) {
      const full = new Held<number>({ capacity: 1, overflow, onDrop: bang, ...options })
      full.push(1, undefined)
      expect(() => full.push(3, undefined)).toThrow('bang')
      expect([full.takeComplaint(), full.shift()?.value]).toEqual([undefined, 1])
    }
  })

  it('H4: a value that is weighed and then refused by the order weighs nothing', () => {
    const held = new Held<number>({ capacity: 5, weigh: () => 3, maxWeight: 9, order: orderOf('test', { levels: 1, priority: (n) => (n === 3 ? bang() : 0) }) })
    held.push(1, undefined)
    expect(() => held.push(3, undefined)).toThrow('bang')
    expect([held.size, held.weight]).toEqual([1, 3])
  })

  it('H4: what came out before the order throws is answered, and the error the next time', () => {
    let broken = false
    const held = new Held<number>({ capacity: 5, order: orderOf('test', { compare: (a, b) => (broken ? bang() : a - b) }) })
    for (const n of [5, 4, 3, 2, 1]) held.push(n, undefined)
    const into: number[] = []
    let looks = 0
    const partly = new Held<number>({ capacity: 5, order: orderOf('test', { compare: (a, b) => (broken && ++looks > 3 ? bang() : a - b) }) })
    for (const n of [5, 4, 3, 2, 1]) partly.push(n, undefined)
    broken = true
    expect(() => held.drainInto(into, null, 5)).toThrow('bang')
    expect([partly.drainInto(into, null, 5), into, partly.size]).toEqual([1, [1], 4])
    expect(() => partly.drainInto(into, null, 5)).toThrow('bang')
  })

  it('H4: what onDrop throws is told once, after every dropped value was offered', () => {
    const offered: number[] = []
    const held = new Held<number>({ capacity: 2, overflow: 'latest', onDrop: (n) => { offered.push(n); throw new Error(`no ${n}`) } })
    for (const n of [1, 2, 3]) expect(held.push(n, undefined)).toBe('held')
    expect(offered).toEqual([1, 2])
    expect(held.takeComplaint()).toEqual({ error: new Error('no 1'), value: 1 })
    expect(held.takeComplaint()).toBeUndefined()
    expect(held.shift()?.value).toBe(3)
  })

  it('H4: an answer that is no weight, level or order names the function and its owner', () => {
    expect(() => new Held<number>({ capacity: 2, name: 'mine', weigh: () => NaN, maxWeight: 1 }).push(1, undefined)).toThrow('mine: weigh must answer')
    const levels = new Held<number>({ capacity: 2, name: 'mine', order: orderOf('test', { levels: 2, priority: () => 2 }) })
    expect(() => levels.push(1, undefined)).toThrow('mine: priority must answer a whole number from 0 to 1')
    const heap = new Held<number>({ capacity: 2, name: 'mine', order: orderOf('test', { compare: () => NaN }) })
    expect(() => heap.push(1, undefined)).toThrow('mine: compare must answer')
  })

  it.each<[OrderOptions<number>, string]>([
    [{ compare: () => 0, key: () => 0 }, 'test: key must be absent where compare is given'],
    [{ priority: () => 0, key: () => 0, levels: 1 }, 'test: key must be absent where priority is given'],
    [{ levels: 2 }, 'test: levels must be given together with priority'],
    [{ perKey: 2 }, 'test: perKey must be given together with key'],
    [{ priority: () => 0 }, 'test: levels must be a whole number of at least 1'],
    [{ key: () => 0, perKey: 0 }, 'test: perKey must be a whole number of at least 1'],
    [{ compare: 1 as never }, 'test: compare must be a function'],
    [{ priority: 1 as never, levels: 1 }, 'test: priority must be a function'],
    [{ key: 1 as never }, 'test: key must be a function'],
  ])('O13: an order that cannot work is refused', (options, message) => {
    expect(() => orderOf('test', options)).toThrow(message)
  })
})
