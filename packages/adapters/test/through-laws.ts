import { toArray, type Operator, type Outcome, type Sink, type Source } from '@sluice/core'
import { DONE, PENDING, sink, source } from '@sluice/core/authoring'
import { assert, assertEqual, manualSink, manualSource, settle, type LawCase } from '@sluice/testing'
import { crossingCases, errorOf, withoutUnhandled, type World } from './crossing-cases'

/** An entry of the adapter laws: a way out to another world and back. */
export interface ThroughEntry {
  readonly name: string
  /** Gives what it gets. Made anew for each run. */
  readonly through: () => Operator<unknown, unknown>
  /** Values that may be on their way when nobody takes any: the capacities of all buffers in between. Default: nobody can be held back. */
  readonly capacity?: number
  /** True where as many are read ahead before anything was asked for. Default false: nothing is. */
  readonly eager?: boolean
  /** Values that can be in that world. Default: all. */
  readonly carries?: ((value: unknown) => boolean) | undefined
  /** True where a failure overtakes values that wait. Default false. */
  readonly overtaken?: boolean
  /** True where whoever leaves gives no reason and gets no answer, as one who unsubscribes. Default false. */
  readonly silent?: boolean
}

const BOOM = new Error('boom')
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** Generates the cases of adapters that stand in the middle of one run, out to the other world and back: those of every crossing, and its bounds. */
export function throughLaws({ name: adapter, through, capacity = Infinity, eager = false, carries, overtaken = false, silent = false }: ThroughEntry): LawCase[] {
  const world: World = {
    cross: (values, into) => values.pipe(through()).to(into).run(),
    begin: (values, into) => [values.pipe(through()).to(into).run()],
  }
  const cases = crossingCases({ name: adapter, use: (work) => work(world), carries, copies: false, atOnce: true })
  const add = (law: string, name: string, run: () => Promise<void>): void => {
    cases.push({ law, name: `${law}: ${adapter}: ${name}`, run: () => withoutUnhandled(run) })
  }
  const wasTold = (outcome: Outcome | undefined): void => {
    assert(outcome !== undefined, 'the source was told nothing')
    assert(silent || reasonOf(outcome) === BOOM, 'the source was told something else')
  }

  if (capacity !== Infinity) {
    add('A2', 'behind a reader that takes no more, no more is read than fits', async () => {
      const probe = manualSource<unknown>()
      const reader = manualSink<unknown>()
      const run = probe.source.pipe(through()).to(reader.sink).run()
      await settle()
      probe.emit(...upTo(capacity + 1000))
      await settle()
      if (eager) assert(probe.delivered <= capacity, `read ${probe.delivered} before anything was asked for`)
      else assertEqual(probe.pulls, 0, 'pulls before anything was asked for')
      for (let taken = 0; taken < 6; taken += 2) {
        reader.request(2)
        await reader.expectNext(taken, taken + 1)
        await settle()
        assert(probe.delivered <= taken + 2 + capacity, `read ${probe.delivered} when ${taken + 2} were taken`)
      }
      await run.abort(BOOM)
    })
  }
  for (const count of [0, 3, 9]) {
    add('A3', `a failure of the source after ${count} values arrives once, as it is`, async () => {
      const taken: unknown[] = []
      const run = failingAfter(count).pipe(through()).to(consuming((value) => { taken.push(value) })).run()
      assert((await errorOf(run)) === BOOM, 'another error')
      assertEqual(taken, upTo(overtaken ? taken.length : count), 'what came before it')
      assertEqual(run.failure?.suppressed, [], 'errors beside it')
    })
    add('A3', `a failure of the consumer after ${count} values reaches the source, as it is`, async () => {
      const probe = manualSource<unknown>()
      const run = probe.source.pipe(through()).to(consuming((value) => { if (value === count) throw BOOM })).run()
      probe.emit(...upTo(20))
      assert((await errorOf(run)) === BOOM, 'another error')
      if (silent) await settle()
      wasTold(probe.closed)
      assertEqual(probe.closeCount, 1, 'closed')
    })
    add('A4', `a consumer that wants ${count + 1} values and no more closes the source`, async () => {
      const probe = manualSource<unknown>()
      const taken: unknown[] = []
      const run = probe.source.pipe(through()).to(consuming((value) => { taken.push(value) }, count + 1)).run()
      probe.emit(...upTo(20))
      await run
      if (silent) await settle()
      const { delivered } = probe
      assertEqual(taken, upTo(count + 1), 'the values')
      assertEqual(probe.closeCount, 1, 'closed')
      assert(delivered <= count + 1 + capacity, `read ${delivered}`)
      await settle()
      assertEqual(probe.delivered, delivered, 'read afterwards')
    })
  }
  add('A4', `an abort reaches the source${silent ? '' : ', and its cleanup is awaited'}`, async () => {
    let closed: Outcome | undefined
    const slow = source<unknown>('slow', () => ({
      pull: () => PENDING,
      async close(outcome) {
        await settle()
        closed = outcome
      },
    }))
    const run = slow.pipe(through()).to(toArray()).run()
    await settle()
    await run.abort(BOOM)
    assert((await errorOf(run)) === BOOM, 'another error')
    if (silent) await settle(10)
    wasTold(closed)
    assertEqual(run.unstopped, [], 'stages that did not stop')
  })
  return cases
}

/** Hands each value on by itself, and wants so many. */
function consuming(take: (value: unknown) => void, wanted = Infinity): Sink<unknown, void> {
  let left = wanted
  return sink<unknown, void>('consuming', () => ({
    demand: () => Math.min(left, 256),
    write(values, count) {
      left -= count
      for (let i = 0; i < count; i++) take(values[i])
    },
    end() {},
  }))
}

function failingAfter(count: number): Source<unknown> {
  return source<unknown>('failing', () => {
    let at = 0
    return {
      pull(into) {
        if (at > count) return DONE
        if (at === count) throw BOOM
        into[0] = at++
        return 1
      },
    }
  })
}

function reasonOf(outcome: Outcome): unknown {
  if (outcome.status === 'failed') return outcome.error
  return outcome.status === 'cancelled' ? outcome.reason : undefined
}
