import { DONE, PENDING, sink, source, toArray, type Operator, type Source } from '@sluice/core'
import { assert, assertEqual, manualSink, manualSource, settle, type LawCase } from '@sluice/testing'
import { crossingCases, errorOf, withoutUnhandled, type World } from './crossing-cases'

/** An entry of the adapter laws: a way out to another world and back. */
export interface ThroughEntry {
  readonly name: string
  /** Gives what it gets. Made anew for each run. */
  readonly through: () => Operator<unknown, unknown>
  /** Values that may be on their way when nobody takes any: the capacities of all buffers in between. */
  readonly capacity: number
  /** Values that can be in that world. Default: all. */
  readonly carries?: ((value: unknown) => boolean) | undefined
}

const BOOM = new Error('boom')

/** Generates the cases of adapters that stand in the middle of one run, out to the other world and back: those of every crossing, and its bounds. */
export function throughLaws({ name: adapter, through, capacity, carries }: ThroughEntry): LawCase[] {
  const world: World = {
    cross: (values, into) => values.pipe(through()).to(into).run(),
    begin: (values, into) => [values.pipe(through()).to(into).run()],
  }
  const cases = crossingCases({ name: adapter, use: (work) => work(world), carries, copies: false, atOnce: true })
  const add = (law: string, name: string, run: () => Promise<void>): void => {
    cases.push({ law, name: `${law}: ${adapter}: ${name}`, run: () => withoutUnhandled(run) })
  }
  add('A2', 'behind a reader that takes no more, no more is read than fits', async () => {
    const probe = manualSource<unknown>()
    const reader = manualSink<unknown>()
    const run = probe.source.pipe(through()).to(reader.sink).run()
    await settle()
    assertEqual(probe.pulls, 0, 'pulls before anything was asked for')
    probe.emit(...Array.from({ length: capacity + 1000 }, (_, i) => i))
    reader.request(2)
    await reader.expectNext(0, 1)
    await settle()
    assert(probe.delivered <= 2 + capacity, `read ${probe.delivered}`)
    await run.abort(BOOM)
  })
  add('A3', 'a failure of the source arrives once, as it is', async () => {
    const taken: unknown[] = []
    const recording = sink<unknown, void>('recording', () => ({
      write(values, count) { taken.push(...values.slice(0, count)) },
      end() {},
    }))
    const run = failingAfter(3).pipe(through()).to(recording).run()
    assert((await errorOf(run)) === BOOM, 'another error')
    assertEqual(taken, [0, 1, 2].slice(0, taken.length), 'a prefix')
    assertEqual(run.failure?.suppressed, [], 'errors beside it')
  })
  add('A3', 'a failure of the consumer reaches the source, as it is', async () => {
    const probe = manualSource<unknown>()
    const failing = sink<unknown, void>('failing', () => ({ write() { throw BOOM }, end() {} }))
    const run = probe.source.pipe(through()).to(failing).run()
    probe.emit(1)
    assert((await errorOf(run)) === BOOM, 'another error')
    assert(reasonOf(probe.closed) === BOOM, 'the source was told something else')
    assertEqual(probe.closeCount, 1, 'closed')
  })
  add('A4', 'an abort reaches the source, and its cleanup is awaited', async () => {
    let closed: unknown
    const slow = source<unknown>('slow', () => ({
      pull: () => PENDING,
      async close(outcome) {
        await settle()
        closed = reasonOf(outcome)
      },
    }))
    const run = slow.pipe(through()).to(toArray()).run()
    await settle()
    await run.abort(BOOM)
    assert((await errorOf(run)) === BOOM, 'another error')
    assert(closed === BOOM, `closed with ${String(closed)} when the run was over`)
    assertEqual(run.unstopped, [], 'stages that did not stop')
  })
  return cases
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

function reasonOf(outcome: unknown): unknown {
  const { error, reason } = (outcome ?? {}) as { readonly error?: unknown; readonly reason?: unknown }
  return error ?? reason
}
