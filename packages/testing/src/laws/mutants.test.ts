import { describe, expect, it } from 'vitest'
import { BoundedQueue, from, type Operator, type Source } from '@sluice/core'
import { asyncOperator, DONE, mapping, operator, PENDING, sink, source } from '@sluice/core/authoring'
import type { LawCase } from './law-case'
import { operatorLaws } from './operator-laws'
import { queueLaws, type QueueUnderLaw } from './queue-laws'
import { sinkLaws } from './sink-laws'
import { sourceLaws } from './source-laws'
import { settle } from '../time/settle'

/** The suites are worth what they catch: here each gets something that is nearly right. */

/** The laws of which a case fails. */
async function brokenLaws(cases: readonly LawCase[]): Promise<string[]> {
  const broken = new Set<string>()
  for (const { law, run } of cases) await run().catch(() => broken.add(law))
  return [...broken].sort()
}

/** What came of each case. What never ends is no failure but a case without an end: it is given up. */
function verdicts(cases: readonly LawCase[]): Promise<string[]> {
  return Promise.all(cases.map(({ run }) => new Promise<string>((resolve) => {
    run().then(() => { resolve('kept') }, () => { resolve('broken') })
    void settle(40).then(() => { resolve('broken') })
  })))
}

const all = (values: readonly unknown[]): unknown[] => [...values]

/** Hands on what `change` makes of each batch. */
const batches = (change: (into: unknown[], count: number, limit: number) => number): Operator<unknown, unknown> =>
  operator<unknown, unknown>('mutant', (upstream) => ({
    pull(into, limit) {
      const count = upstream.pull(into, limit)
      return count > 0 ? change(into, count, limit) : count
    },
  }))

/** State that outlives the run. */
const counting = (): Operator<unknown, unknown> => {
  let count = 0
  return mapping<unknown, unknown>('mutant', () => () => count++)
}

const pairs = (values: readonly unknown[]): unknown[][] =>
  Array.from({ length: Math.ceil(values.length / 2) }, (_, i) => values.slice(2 * i, 2 * i + 2))

/** Pulls into the array it hands on, and takes its length for the count. */
const inPairs = (): Operator<unknown, unknown> => operator<unknown, unknown>('mutant', (upstream) => {
  let pair: unknown[] = []
  const handOn = (into: unknown[]): number => {
    into[0] = pair
    pair = []
    return 1
  }
  return {
    pull(into) {
      const rest: unknown[] = []
      const chunk = pair.length === 0 ? pair : rest
      const count = upstream.pull(chunk, 2 - pair.length)
      if (count > 0 && chunk === rest) pair.push(rest[0])
      if (count === DONE) return pair.length > 0 ? handOn(into) : DONE
      if (count < 0) return count
      return pair.length === 2 ? handOn(into) : 0
    },
  }
})

describe('operatorLaws', () => {
  it('finds nothing wrong with an operator that hands everything on', async () => {
    const make = (): Operator<unknown, unknown> => mapping<unknown, unknown>('same', () => (value) => value)
    expect(await brokenLaws(operatorLaws({ name: 'same', make, reference: all }))).toEqual([])
  })

  it.each<[string, string, () => Operator<unknown, unknown>, ((values: readonly unknown[]) => unknown[])?]>([
    ['answers more than was asked for', 'O1', () => batches((into, count, limit) => { into[limit] = into[0]; return count === limit ? limit + 1 : count })],
    ['loses a value of a full batch', 'O1', () => batches((_into, count, limit) => (count > 2 && count === limit ? count - 1 : count))],
    ['hands on a batch backwards', 'O1', () => batches((into, count) => { into.splice(0, count, ...into.slice(0, count).reverse()); return count })],
    ['takes what looks like nothing for nothing', 'O1', () => batches((into, count) => { for (let i = 0; i < count; i++) into[i] = into[i] ?? 0; return count })],
    ['trusts the length of the array it pulled into', 'O1', inPairs, (values) => pairs(values)],
    ['uses tickets beyond the count', 'T1', () => operator<unknown, unknown>('mutant', (upstream) => ({
      tickets: upstream.tickets,
      pull(into, limit) {
        const count = upstream.pull(into, limit)
        for (const ticket of upstream.tickets ?? []) if (count > 0) ticket?.split(0)
        return count
      },
    }))],
    ['writes beyond the room it was given', 'O1', () => batches((into, count, limit) => { into[limit] = 0; return count })],
    ['keeps state from run to run', 'O8', counting, (values) => values.map((_, i) => i)],
    ['reads ahead', 'O9', () => operator<unknown, unknown>('mutant', (upstream) => {
      const held: unknown[] = []
      return {
        pull(into) {
          if (held.length === 0) {
            const count = upstream.pull(into, 3)
            if (count <= 0) return count
            held.push(...into.slice(0, count))
          }
          into[0] = held.shift()
          return 1
        },
      }
    })],
    ['passes over the failure of its source', 'O5', () => operator<unknown, unknown>('mutant', (upstream) => ({
      pull(into, limit) {
        try {
          return upstream.pull(into, limit)
        } catch {
          return DONE
        }
      },
    }))],
  ])('O: catches an operator that %s (%s)', async (_what, law, make, reference = all) => {
    const cases = operatorLaws({ name: 'mutant', make, reference })
    expect(await brokenLaws(cases.filter((each) => each.law === law))).toEqual([law])
  })

  it('O15: catches an operator that asks again and again while its slice is used up', async () => {
    const make = (): Operator<unknown, unknown> => operator<unknown, unknown>('mutant', (upstream, stage) => ({
      pull(into, limit) {
        while (stage.scope.scheduler.spent(1));
        return upstream.pull(into, limit)
      },
    }))
    expect(await brokenLaws(operatorLaws({ name: 'mutant', make, reference: all }).filter(({ law }) => law === 'O15'))).toEqual(['O15'])
  })

  it('O1: catches an operator that forgets a wake which comes before the answer', async () => {
    const make = (): Operator<unknown, unknown> => asyncOperator<unknown, unknown>('mutant', (upstream, stage) => {
      let ready = true
      const outlet = stage.open(upstream, () => {
        ready = true
        stage.wake()
      })
      return {
        pull(into, limit) {
          if (!ready) return PENDING
          const count = outlet.pull(into, limit)
          if (count === PENDING) ready = false
          return count
        },
      }
    })
    const cases = operatorLaws({ name: 'mutant', make, reference: all }).filter(({ name }) => name.includes('the wake before the answer, demand'))
    expect(await verdicts(cases)).toContain('broken')
  })

  it('O6: catches an operator that hands on nothing of a batch in which its user threw', async () => {
    const withProbe = (probe: (value: unknown) => void): Operator<unknown, unknown> => operator('mutant', (upstream) => ({
      pull(into, limit) {
        const count = upstream.pull(into, limit)
        for (let i = 0; i < count; i++) probe(into[i])
        return count
      },
    }))
    const cases = operatorLaws({ name: 'mutant', make: () => withProbe(() => {}), reference: all, withProbe })
    expect(await brokenLaws(cases.filter(({ law }) => law === 'O6'))).toEqual(['O6'])
  })
})

describe('sourceLaws', () => {
  /** Counts up to `end`, from `next`, which is made anew for each run if it is any good. */
  const counted = (end: number, start: () => { at: number } = () => ({ at: 0 })): Source<number> => source<number>('mutant', () => {
    const next = start()
    return {
      pull(into, limit) {
        const count = Math.min(limit, end - next.at)
        for (let i = 0; i < count; i++) into[i] = next.at + i
        next.at += count
        return count > 0 ? count : DONE
      },
    }
  })
  const expected = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]

  it('finds nothing wrong with a source that counts', async () => {
    expect(await brokenLaws(sourceLaws({ name: 'counting', make: () => counted(10), expected }))).toEqual([])
  })

  it('S6: catches a source that goes on where another run left it', async () => {
    const make = (): Source<number> => {
      const next = { at: 0 }
      return counted(10, () => next)
    }
    expect(await brokenLaws(sourceLaws({ name: 'mutant', make, expected }))).toEqual(['S6'])
  })

  it('S1: catches a source that ends too soon', async () => {
    expect(await brokenLaws(sourceLaws({ name: 'mutant', make: () => counted(9), expected }))).toContain('S1')
  })
})

describe('sinkLaws', () => {
  const collecting = (keep: (values: readonly unknown[], count: number) => readonly unknown[], settles = false) => sink<unknown, unknown[]>('mutant', () => {
    const all: unknown[] = []
    return { settles, write: (values, count) => { all.push(...keep(values, count)) }, end: () => all }
  })
  const entry = { name: 'mutant', expected: (values: readonly unknown[]): unknown => values }

  it('finds nothing wrong with a sink that collects', async () => {
    expect(await brokenLaws(sinkLaws({ ...entry, make: () => collecting((values, count) => values.slice(0, count)) }))).toEqual([])
  })

  it('K1: catches a sink that takes the array for the batch', async () => {
    expect(await brokenLaws(sinkLaws({ ...entry, make: () => collecting((values) => values) }))).toContain('K1')
  })

  it('K4: catches a sink that says it settles tickets and does not', async () => {
    expect(await brokenLaws(sinkLaws({ ...entry, make: () => collecting((values, count) => values.slice(0, count), true) }))).toEqual(['K4'])
  })

  it('K5: catches a sink whose runs share their state', async () => {
    const all: unknown[] = []
    const one = sink<unknown, unknown[]>('mutant', () => ({
      write: (values, count) => { all.push(...values.slice(0, count)) },
      end: () => all.splice(0),
    }))
    expect(await brokenLaws(sinkLaws({ ...entry, make: () => one }).filter(({ law }) => law === 'K5'))).toEqual(['K5'])
  })
})

describe('queueLaws', () => {
  it('finds nothing wrong with a BoundedQueue', async () => {
    expect(await brokenLaws(queueLaws({ name: 'bounded', make: (capacity) => new BoundedQueue<number>({ capacity }) }))).toEqual([])
  })

  /** A queue that does one thing differently. */
  const but = (change: (queue: BoundedQueue<number>) => Partial<QueueUnderLaw>) => (capacity: number): QueueUnderLaw => {
    const queue = new BoundedQueue<number>({ capacity })
    const changed = change(queue) as Record<string, unknown>
    return new Proxy(queue, {
      get(target, key) {
        const own: unknown = changed[key as string] ?? Reflect.get(target, key, target)
        return typeof own === 'function' ? (own as () => unknown).bind(target) : own
      },
    })
  }

  it.each<[string, string, (capacity: number) => QueueUnderLaw]>([
    ['holds one more than fit', 'Q1', (capacity) => new BoundedQueue<number>({ capacity: capacity + 1 })],
    ['drops instead of holding the producer', 'Q2', (capacity) => new BoundedQueue<number>({ capacity, overflow: 'drop-newest' })],
    ['throws away what is inside when it is closed', 'Q3', but((queue) => ({ close: () => { while (queue.tryTake() !== undefined); queue.close() } }))],
    ['forgets the error of fail', 'Q4', but((queue) => ({ fail: () => { queue.close() } }))],
    ['does not listen to the signal of a put', 'Q5', but((queue) => ({ put: (value: number) => queue.put(value) }))],
  ])('Q: catches a queue that %s (%s)', async (_what, law, make) => {
    const cases = queueLaws({ name: 'mutant', make, capacities: [2] }).filter((each) => each.law === law)
    expect(await verdicts(cases)).toContain('broken')
  })
})

it('every case says which law it is about and what of', () => {
  const cases = [
    ...operatorLaws({ name: 'same', make: () => mapping<unknown, unknown>('same', () => (value) => value), reference: all }),
    ...sourceLaws({ name: 'list', make: () => from([1]), expected: [1] }),
  ]
  for (const { law, name } of cases) expect(name.startsWith(`${law}: `)).toBe(true)
  expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length)
})
