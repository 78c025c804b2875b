import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { from, type Operator } from '@sluice/core'
import { asyncOperator, DONE, filtering, mapping, operator, PENDING, type Outlet } from '@sluice/core/authoring'
import { compositionLaw, findViolation } from './composition-law'
import type { CompositionEntry, CompositionUse } from './entry'
import { play } from './play'

/** The law is worth what it catches: here each operator in its company is nearly right. */

const same = (values: readonly number[]): readonly number[] => values
const entry = (name: string, make: () => Operator<number, number>, use: Partial<CompositionUse> = {}): CompositionEntry =>
  ({ name, use: () => ({ code: `${name}()`, imports: { './mine': [name] }, make, reference: same, ...use }) })

const odd = (value: number): boolean => value % 2 !== 0
const company: readonly CompositionEntry[] = [
  entry('same', () => mapping<number, number>('same', () => (value) => value), { plain: true }),
  entry('odd', () => filtering<number, number>('odd', () => odd), { reference: (values) => values.filter(odd), plain: true }),
]

const violationOf = (mutant: CompositionEntry, conservation = false, pipelines = 600) =>
  findViolation({ entries: [...company, mutant], fc, maxStages: 4, conservation }, pipelines, 1)

/** Hands on batch by batch what `keep` leaves of each. */
const batchwise = (keep: (into: number[], count: number) => number): Operator<number, number> => operator<number, number>('mutant', (upstream, stage) => {
  const chunk: number[] = []
  const held: number[] = []
  return {
    pull(into, limit) {
      if (held.length === 0) {
        const count = upstream.pull(chunk, limit)
        if (count < 0) return count
        held.push(...chunk.slice(0, keep(chunk, count)))
      }
      const count = Math.min(limit, held.length)
      for (let i = 0; i < count; i++) into[i] = held.shift() as number
      stage.ready = count
      return count
    },
  }
})

/** Reads an inner source for each value, and does with it what `pull` says. */
const inner = (cut: boolean): Operator<number, number> => asyncOperator<number, number>('mutant', (upstream, stage) => {
  const outer = stage.open(upstream)
  const slot: number[] = []
  let open: Outlet<number> | undefined
  return {
    pull(into, limit) {
      for (;;) {
        if (open === undefined) {
          const count = outer.pull(slot, 1)
          if (count < 0) return count
          open = stage.open(from(later(slot[0] as number)))
        }
        if (cut && stage.scope.stopping) {
          void open.close({ status: 'cancelled', reason: undefined })
          open = undefined
          continue
        }
        const count = open.pull(into, limit)
        if (count !== DONE) return count
        open = undefined
      }
    },
  }
})

async function* later(value: number): AsyncGenerator<number> {
  await Promise.resolve()
  yield value
}

/** Reads ahead in a task. One that is forgetful goes to sleep when it is woken while it works. */
const pump = (forgetful: boolean): Operator<number, number> => asyncOperator<number, number>('mutant', (upstream, stage) => {
  const held: number[] = []
  const slot: number[] = []
  let state: 'open' | 'ended' = 'open'
  let turns = 0
  const task = stage.task(() => {
    if (forgetful && ++turns % 5 === 0) return 'idle'
    while (state === 'open' && held.length < 2) {
      const count = outlet.pull(slot, 1)
      if (count === PENDING) return 'idle'
      if (count === DONE) state = 'ended'
      else held.push(slot[0] as number)
      stage.wake()
    }
    return 'backpressured'
  })
  const outlet = stage.open(upstream, task.wake)
  return {
    pull(into) {
      if (held.length === 0) {
        if (state === 'ended') return DONE
        task.wake()
        return PENDING
      }
      into[0] = held.shift() as number
      task.wake()
      return 1
    },
  }
})

describe('W1: compositions', () => {
  it('finds nothing wrong with operators that do what their references say', async () => {
    const sound = [
      entry('batchwise', () => batchwise((_into, count) => count)),
      entry('pump', () => pump(false)),
      { name: 'inner', use: () => ({ code: 'inner()', make: () => inner(false), reference: same }) } satisfies CompositionEntry,
    ]
    // Failures of the source overtake what the pump holds, which is not what this is about.
    const options = { entries: [...company, ...sound], fc, maxStages: 4, endings: ['completes', 'takes', 'stop', 'abort', 'pause'] as const, conservation: false }
    expect((await findViolation(options, 400, 1))?.message).toBeUndefined()
  })

  it.each<[string, CompositionEntry, RegExp]>([
    ['trusts the length of the array it pulled into', entry('trusting', () => batchwise((into) => into.length)), /the outputs/],
    ['loses the last value of a large batch', entry('losing', () => batchwise((_into, count) => (count > 8 ? count - 1 : count))), /the outputs/],
    ['halts inner sources at a stop', entry('halting', () => inner(true)), /what went into branch|the outputs/],
    ['loses a wake', entry('forgetful', () => pump(true)), /never ends/],
    ['ends before its source', entry('hasty', () => operator<number, number>('mutant', (upstream) => {
      let left = 3
      return { pull: (into, limit) => (left-- > 0 ? upstream.pull(into, limit) : DONE) }
    })), /ended before its source had/],
    ['drops values that nobody counts', entry('silent', () => operator<number, number>('mutant', (upstream) => ({
      pull(into, limit) {
        const count = upstream.pull(into, limit)
        let kept = 0
        for (let i = 0; i < count; i++) if (odd(into[i] as number)) into[kept++] = into[i] as number
        return count < 0 ? count : kept
      },
    })), { reference: (values) => values.filter(odd) }), /W2/],
  ])('catches an operator that %s', async (_what, mutant, law) => {
    const found = await violationOf(mutant, law.source === 'W2')
    expect(found?.message).toMatch(law)
    expect(found?.code).toContain(`${mutant.name}()`)
  })

  it('a pipeline that fails is made small, is printed as code, and fails again when it is played', async () => {
    const mutant = entry('trusting', () => batchwise((into) => into.length))
    const found = await violationOf(mutant)
    expect(found?.draft[1].length).toBeLessThanOrEqual(2)
    expect(found?.code).toMatch(/import \{.*\btrusting \} from '\.\/mine'/)
    expect((await play(found!.draft, [...company, mutant])).violation).toBeDefined()
  })

  it('the same seed draws the same pipelines', async () => {
    const mutant = entry('hasty', () => operator<number, number>('mutant', () => ({ pull: () => DONE })))
    expect((await violationOf(mutant, false, 50))?.code).toBe((await violationOf(mutant, false, 50))?.code)
  })

  it('cases fail with what was found', async () => {
    const mutant = entry('hasty', () => operator<number, number>('mutant', () => ({ pull: () => DONE })))
    const cases = compositionLaw({ entries: [mutant], fc, pipelines: 100, cases: 2 })
    expect(cases.map(({ law }) => law)).toEqual(['W1', 'W1'])
    await expect(cases[0]!.run()).rejects.toThrow(/hasty\(\)/)
  })
})
