import { describe, expect, it } from 'vitest'
import { forEach, type Operator, type Source } from '@sluice/core'
import { DONE, issueTicket, PENDING, source, type Tickets } from '@sluice/core/authoring'
import { explore, VirtualClock } from '@sluice/testing'
import { take } from '../select/take'
import { combineLatestWith } from './combine-latest-with'
import { concatWith } from './concat-with'
import { interleave } from './interleave'
import { mergeWith } from './merge-with'
import { mergePriority } from './merge-priority'
import { mergeSorted } from './merge-sorted'
import { raceWith } from './race-with'
import { withLatestFrom } from './with-latest-from'
import { zipWith } from './zip-with'
import { zipLongest } from './zip-longest'

/** The values of one input, each so many ms after it was asked for. */
type Plan = readonly { readonly value: number; readonly afterMs: number }[]
type Model = (plans: readonly Plan[]) => unknown[]

const values = (plan: Plan): number[] => plan.map(({ value }) => value)
/** When the values of an input come that is asked for the next one as soon as one is there. */
const times = (plan: Plan, from = 0): number[] => { let at = from; return plan.map(({ afterMs }) => (at += afterMs)) }
const row = (plans: readonly Plan[], i: number): (number | undefined)[] => plans.map((plan) => plan[i]?.value)
const lengths = (plans: readonly Plan[]): number[] => plans.map((plan) => plan.length)

const models: Record<string, { make: (others: Source<number>[]) => Operator<number, unknown>; model: Model; anyOrder?: boolean }> = {
  zip: { make: (others) => zipWith(...others), model: (plans) => Array.from({ length: Math.min(...lengths(plans)) }, (_, i) => row(plans, i)) },
  zipLongest: { make: (others) => zipLongest(others), model: (plans) => Array.from({ length: Math.max(...lengths(plans)) }, (_, i) => row(plans, i)) },
  concat: { make: (others) => concatWith(...others), model: (plans) => plans.flatMap(values) },
  interleave: {
    make: (others) => interleave(...others),
    model: (plans) => Array.from({ length: Math.max(...lengths(plans)) }, (_, i) => row(plans, i).filter((value) => value !== undefined)).flat(),
  },
  mergeSorted: { make: (others) => mergeSorted(others, (a, b) => a - b), model: (plans) => plans.flatMap(values).sort((a, b) => a - b) },
  merge: { make: (others) => mergeWith(...others), model: (plans) => byTime(plans), anyOrder: true },
  'mergePriority, strict': { make: (others) => mergePriority(others, { strict: true }), model: (plans) => byTime(plans), anyOrder: true },
  'mergePriority, weights': { make: (others) => mergePriority(others, { weights: [1, ...others.map(() => 2)] }), model: (plans) => byTime(plans), anyOrder: true },
  race: {
    make: (others) => raceWith(...others),
    // One that has no value ends at once, and the first in the list wins then.
    model: (plans) => values(plans.find((plan) => plan.length === 0) ?? [...plans].sort((a, b) => a[0]!.afterMs - b[0]!.afterMs)[0]!),
  },
  combineLatest: {
    make: (others) => combineLatestWith(...others),
    model: (plans) => {
      if (lengths(plans).includes(0)) return []
      const begin = Math.max(...plans.map((plan) => plan[0]!.afterMs))
      const newest = row(plans, 0)
      const events = plans.flatMap((plan, input) => times(plan.slice(1), begin).map((at, i) => ({ at, input, value: plan[i + 1]!.value })))
      return [[...newest], ...events.sort((a, b) => a.at - b.at).map(({ input, value }) => { newest[input] = value; return [...newest] })]
    },
  },
  withLatestFrom: {
    make: (others) => withLatestFrom(...others),
    model: ([plan, ...others]) => {
      if (lengths([plan!, ...others]).includes(0)) return []
      const begin = Math.max(plan![0]!.afterMs, ...others.map((other) => other[0]!.afterMs))
      const at = [begin, ...times(plan!.slice(1), begin)]
      return plan!.map(({ value }, i) => [value, ...others.map((other) => other[times(other).filter((time) => time <= at[i]!).length - 1]!.value)])
    },
  },
}

function byTime(plans: readonly Plan[]): number[] {
  return plans.flatMap((plan) => times(plan).map((at, i) => ({ at, value: plan[i]!.value }))).sort((a, b) => a.at - b.at).map(({ value }) => value)
}

/** Gives the values of a plan, with tickets; each one's time begins when it is asked for. */
function planned(plan: Plan, failAt: number, boom: Error, settlements: number[]): Source<number> {
  return source<number>('planned', (stage) => {
    const { clock, scheduler } = stage.scope
    const tickets: Tickets = []
    let at = 0
    let due = false
    let cancel: (() => void) | undefined
    return {
      tickets,
      pull(into) {
        const next = plan[at]
        if (next === undefined) return DONE
        if (!due) {
          cancel ??= clock.after(next.afterMs, () => {
            cancel = undefined
            due = true
            scheduler.dispatch(stage.wake)
          })
          return PENDING
        }
        if (at === failAt) throw boom
        due = false
        const index = at++
        settlements[index] = 0
        tickets[0] = issueTicket(stage, () => { settlements[index]!++ })
        into[0] = next.value
        return 1
      },
      close: () => cancel?.(),
    }
  })
}

describe('O7, T2: does what its model does with random arrivals; with random failures and cancels it does a part of it', () => {
  it.each(Object.entries(models))('%s', async (_, { make, model, anyOrder = false }) => {
    await explore(150, async ({ scheduler, random }) => {
      const clock = new VirtualClock()
      const boom = new Error('boom')
      // Sorted, for mergeSorted; different from each other, so that every order is told from every other.
      const plans: Plan[] = Array.from({ length: 2 + Math.floor(random() * 2) }, (_, input) => {
        let value = input / 10
        return Array.from({ length: Math.floor(random() * 6) }, () => ({ value: (value += 1 + Math.floor(random() * 3)), afterMs: 1 + random() * 50 }))
      })
      const ending = random()
      const wanted = ending < 0.3 ? Math.floor(random() * 8) : 1000
      const abortAfterMs = ending > 0.9 ? random() * 100 : undefined
      const failing = ending > 0.3 && ending < 0.5 ? Math.floor(random() * plans.length) : -1
      const failAt = Math.floor(random() * 4)
      const settled: number[][] = plans.map(() => [])
      const inputs = plans.map((plan, input) => planned(plan, input === failing ? failAt : -1, boom, settled[input]!))
      const seen: unknown[] = []
      const run = inputs[0]!.pipe(make(inputs.slice(1)), take(wanted)).to(forEach((value) => { seen.push(value) })).run({ clock, scheduler })
      const forget = abortAfterMs === undefined ? () => {} : clock.after(abortAfterMs, () => { void run.abort(boom) })
      await clock.runOut(run.then(() => {}, (error: unknown) => { expect(error).toBe(boom) }), scheduler.resting)

      forget()
      const expected = model(plans)
      if (run.status === 'completed') {
        // A failure nobody has come to is none: of the loser of a race, of what comes after an end.
        if (anyOrder && wanted < expected.length) expect(expected).toEqual(expect.arrayContaining(seen))
        else expect(seen).toEqual(expected.slice(0, wanted))
      } else {
        expect(failing >= 0 || abortAfterMs !== undefined).toBe(true)
        expect(seen).toEqual(expected.slice(0, seen.length))
      }
      for (const settlements of settled) expect(settlements).toEqual(settlements.map(() => 1))
      expect(clock.pendingTimers).toBe(0)
    })
  })
})

it.each([concatWith, interleave, mergeWith, raceWith, zipWith, combineLatestWith, withLatestFrom])('O13: %o refuses what is no source when it is called', (join) => {
  const what = 'must be an iterable, async iterable, promise, queue, subscription or source'
  expect(() => join(null as never)).toThrow(`${join.name}: others[0] ${what}, got null`)
  expect(() => join([1], 5 as never)).toThrow(`${join.name}: others[1] ${what}, got 5`)
})
