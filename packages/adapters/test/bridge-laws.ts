import fc from 'fast-check'
import { assert, assertEqual, settle, VALUES, type LawCase } from '@sluice/testing'
import { listenerCount } from '../../../test/listener-count'
import { errorOf, withoutUnhandled } from './crossing-cases'
import type { Bridge, OutEnd } from './ends/bridge'

/** An entry of the law suite: a bridge that has somebody outside at one end, or at both. */
export interface BridgeEntry {
  readonly name: string
  /** Opens it for one use; the signal is that of its run. */
  readonly open: (capacity: number, signal: AbortSignal) => Bridge | Promise<Bridge>
  /** What its bound may be. Default 0, 1, 2 and 7. */
  readonly capacities?: readonly number[]
  /** Values it may have taken in beyond those that were taken out; none where nobody can be held back. */
  readonly ahead?: (capacity: number) => number
  /** False where the failure of what goes in overtakes the values that wait. Default true. */
  readonly valuesFirst?: boolean
  /** False where no signal can be given. Default true. */
  readonly abortable?: boolean
  /** Values that can be in its world. Default: all. */
  readonly carries?: (value: unknown) => boolean
}

const BOOM = new Error('boom')
const OTHER = new Error('other')
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/**
 * Generates the cases of one bridge, by hand at both ends: for each capacity, failing before, between and after values,
 * leaving early with a reason and without, an abort, a slow reader. After each, nothing is held and no rejection unheard.
 */
export function bridgeLaws(entry: BridgeEntry): LawCase[] {
  const { capacities = [0, 1, 2, 7], ahead = () => Infinity, valuesFirst = true, abortable = true, carries = () => true } = entry
  const cases: LawCase[] = []

  for (const capacity of capacities) {
    const use = async (work: (bridge: Bridge, abort: (reason: unknown) => void) => Promise<void>): Promise<void> => {
      const controller = new AbortController()
      const bridge = await entry.open(capacity, controller.signal)
      await settle(2)
      await work(bridge, (reason) => { controller.abort(reason) })
      await settle()
      assertEqual([bridge.into.held(), bridge.outOf.held(), listenerCount(controller.signal, 'abort')], [0, 0, 0], 'A5: held')
    }
    const add = (law: string, name: string, run: Parameters<typeof use>[0]): void => {
      cases.push({ law, name: `${law}: ${entry.name}, capacity ${capacity}: ${name}`, run: () => withoutUnhandled(() => use(run)) })
    }

    for (const { name, values } of VALUES) {
      add('A1', `${name}, taken as they come`, async ({ into, outOf }) => {
        const expected = values.filter(carries)
        const taking = takeAll(outOf)
        for (const value of expected) into.put(value)
        into.end()
        assertEqual(await taking, { taken: expected, error: undefined }, 'what came out')
      })
    }
    add('A2', 'a slow reader holds it back, and gets everything', async ({ into, outOf }) => {
      for (const value of upTo(30)) into.put(value)
      into.end()
      for (let taken = 0; taken < 30; taken++) {
        await settle(3)
        assert(into.accepted() - taken <= ahead(capacity), `took in ${into.accepted()} when ${taken} were taken out`)
        assertEqual((await outOf.take()).value, taken, 'the next value')
      }
      assertEqual((await outOf.take()).done, true, 'the end')
    })
    for (const count of [0, 3, 9]) {
      for (const moment of ['at once', 'later']) {
        add('A3', `a failure ${moment} after ${count} values arrives once, as it is`, async ({ into, outOf }) => {
          for (const value of upTo(count)) into.put(value)
          if (moment === 'later') await settle()
          into.fail(BOOM)
          const { taken, error } = await takeAll(outOf)
          assert(error === BOOM, `failed with ${String(error)}`)
          assertEqual(taken, upTo(valuesFirst ? count : taken.length), 'what came before it')
          const after = await errorOf(outOf.take())
          assert(after === undefined || after === BOOM, `then failed with ${String(after)}`)
        })
      }
      for (const reason of [BOOM, undefined]) {
        add('A4', `a reader who leaves after ${count} values, with ${reason ? 'a' : 'no'} reason, reaches the far end`, async ({ into, outOf }) => {
          for (const value of upTo(20)) into.put(value)
          for (const value of upTo(count)) assertEqual((await outOf.take()).value, value, 'the next value')
          await outOf.leave(reason)
          await settle(1)
          const told = into.told()
          assert(told !== undefined, 'nobody was told')
          if (reason && outOf.givesReasons && 'reason' in told) assert(told.reason === reason, `told ${String(told.reason)}`)
          const accepted = into.accepted()
          assert(accepted - count <= ahead(capacity), `took in ${accepted} when ${count} were taken out`)
          into.put(99)
          await settle()
          assertEqual(into.accepted(), accepted, 'taken in, in the end')
        })
      }
      if (abortable) {
        add('A4', `an abort after ${count} values ends both sides with its reason`, async ({ into, outOf }, abort) => {
          for (const value of upTo(20)) into.put(value)
          for (const value of upTo(count)) assertEqual((await outOf.take()).value, value, 'the next value')
          abort(BOOM)
          const { error } = await takeAll(outOf)
          assert(error === BOOM, `failed with ${String(error)}`)
          // A page takes some turns to tell the far end.
          await settle(4)
          const told = into.told()
          // Where nothing was asked for yet, the run may not have opened its source, which is then left alone.
          if (told === undefined && count === 0 && capacity === 0) return
          assert(told !== undefined && (!('reason' in told) || told.reason === BOOM), `told ${String(told?.reason)}`)
        })
      }
    }
    for (const first of ['writer', 'reader']) {
      for (const waiting of [false, true]) {
        add('A7', `both sides end it at once, the ${first} first, ${waiting ? 'while a reader waits' : 'with values inside'}`, async ({ into, outOf }) => {
          const take = waiting ? errorOf(outOf.take()) : undefined
          if (!waiting) for (const value of upTo(5)) into.put(value)
          await settle()
          if (first === 'writer') into.fail(BOOM)
          const left = errorOf(outOf.leave(OTHER))
          if (first === 'reader') into.fail(BOOM)
          for (const error of [await left, outOf.givesReasons ? await take : undefined]) assert([undefined, BOOM, OTHER].includes(error as undefined), `saw ${String(error)}`)
          await settle()
          assert(into.told() !== undefined, 'nobody was told')
        })
      }
    }
    add('A5', 'two at once know nothing of each other', async ({ into, outOf }) => {
      await use(async (other) => {
        const both = Promise.all([takeAll(outOf), takeAll(other.outOf)])
        for (const value of upTo(10)) {
          into.put(value)
          other.into.put(-value)
        }
        other.into.end()
        into.end()
        assertEqual((await both).map(({ taken }) => taken), [upTo(10), upTo(10).map((value) => -value)], 'what came out')
      })
    })
  }

  const step = fc.oneof(fc.record({ put: fc.anything().filter(carries) }), fc.constant('take' as const), fc.constant('pause' as const))
  const random = fc.asyncProperty(fc.constantFrom(...capacities), fc.array(step, { maxLength: 60 }), async (capacity, steps) => {
    const { into, outOf } = await entry.open(capacity, new AbortController().signal)
    await settle(2)
    const values: unknown[] = []
    const takes: ReturnType<OutEnd['take']>[] = []
    for (const next of steps) {
      if (next === 'pause') await settle(1)
      else if (next === 'take') takes.push(outOf.take())
      else {
        values.push(next.put)
        into.put(next.put)
      }
      assert(into.accepted() <= takes.length + ahead(capacity), `took in ${into.accepted()} when ${takes.length} were asked for`)
    }
    into.end()
    while (takes.length <= values.length) takes.push(outOf.take())
    const taken = await Promise.all(takes)
    assert(taken.every(({ done, value }, index) => done === index >= values.length && Object.is(value, values[index])), 'other values came out')
  })
  cases.push({ law: 'A6', name: `A6: ${entry.name}: any values, put and taken at any moments`, run: () => withoutUnhandled(() => fc.assert(random, { numRuns: 60 })) })
  return cases
}

async function takeAll(outOf: OutEnd): Promise<{ readonly taken: unknown[]; readonly error: unknown }> {
  const taken: unknown[] = []
  try {
    for (let next = await outOf.take(); !next.done; next = await outOf.take()) taken.push(next.value)
  } catch (error) {
    return { taken, error }
  }
  return { taken, error: undefined }
}
