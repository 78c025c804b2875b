import fc from 'fast-check'
import { from, QueueFullError, range, toArray, type Source } from '@sluice/core'
import { buffer, concatWith, mergeWith, take, zipWith } from '@sluice/operators'
import type { PushOptions } from '../src/push/push-options'
import { assert, assertEqual, manualSink, settle, type LawCase } from '@sluice/testing'
import { errorOf, withoutUnhandled } from './crossing-cases'

/** A source that is pushed into, and the test's way to push. */
export interface Pushed {
  readonly source: Source<unknown>
  readonly push: (value: unknown) => void
  readonly end: () => void
}

/** An entry of the law suite: a bridge from a world where nobody can be held back. */
export interface OverflowEntry {
  readonly name: string
  readonly open: (options: PushOptions<unknown>) => Pushed
}

/** So many are pushed at once, then at most so many taken. */
interface Step {
  readonly pushed: number
  readonly taken: number
}

const POLICIES = ['drop-oldest', 'drop-newest', 'latest', 'fail'] as const

/**
 * Generates the cases of one bridge: with each policy and capacity, random bursts, taken at random, do what a list would do
 * whose length is bounded. What is dropped is counted and offered; nothing is out of order, lost unseen or doubled, be it
 * pushed right behind the call of `run` or held when the run ends.
 */
export function overflowLaws({ name: bridge, open }: OverflowEntry): LawCase[] {
  const cases: LawCase[] = []
  const steps = fc.array(fc.record({ pushed: fc.nat(12), taken: fc.nat(12) }), { maxLength: 8 })
  for (const overflow of POLICIES) {
    for (const given of overflow === 'latest' ? [1] : [1, 2, 7]) {
      const property = fc.asyncProperty(steps, (plan) => keepsTo(open, { overflow, capacity: given }, plan))
      const run = (): Promise<void> => withoutUnhandled(() => fc.assert(property, { numRuns: 40 }))
      cases.push({ law: 'A2', name: `A2: ${bridge}, capacity ${given}, ${overflow}: what does not fit is counted and offered`, run })
    }
  }
  for (const [place, { inside, expected }] of Object.entries(PLACES)) {
    const run = (): Promise<void> => withoutUnhandled(async () => {
      const { source, push, end } = open({ capacity: 3, overflow: 'drop-newest' })
      const running = inside(source).to(toArray()).run()
      for (const value of ['a', 'b', 'c', 'd']) push(value)
      end()
      assertEqual(await running, expected, 'the values')
      const dropped = running.stats().stages.reduce((sum, stage) => sum + stage.dropped, 0)
      assertEqual(dropped, 1, 'dropped, as counted')
    })
    cases.push({ law: 'A10', name: `A10: ${bridge}, ${place}: what is pushed right behind run() is there, or counted`, run })
  }
  for (const how of ['stop', 'abort', 'take'] as const) {
    const run = (): Promise<void> => withoutUnhandled(() => leavesNothingUncounted(open, how))
    cases.push({ law: 'A11', name: `A11: ${bridge}: each value pushed before a ${how} is handed on or counted`, run })
  }
  return cases
}

/** Where a source may stand in a pipeline that opens it within the call of `run`. */
const PLACES: Readonly<Record<string, { readonly inside: (source: Source<unknown>) => Source<unknown>; readonly expected: readonly unknown[] }>> = {
  alone: { inside: (source) => source, expected: ['a', 'b', 'c'] },
  'inside merge': { inside: (source) => from<unknown>([]).pipe(mergeWith(source)), expected: ['a', 'b', 'c'] },
  'inside zip': { inside: (source) => range(0, 9).pipe(zipWith(source)), expected: [[0, 'a'], [1, 'b'], [2, 'c']] },
  'inside concat': { inside: (source) => source.pipe(concatWith(['z'])), expected: ['a', 'b', 'c', 'z'] },
  'behind a buffer': { inside: (source) => source.pipe(buffer(2)), expected: ['a', 'b', 'c'] },
}

async function leavesNothingUncounted(open: OverflowEntry['open'], how: 'stop' | 'abort' | 'take'): Promise<void> {
  const dropped: unknown[] = []
  const { source, push } = open({ capacity: 8, overflow: 'drop-oldest', onDrop: (value) => { dropped.push(value) } })
  const probe = manualSink<unknown>()
  const run = (how === 'take' ? source.pipe(take(2)) : source).to(probe.sink).run()
  const settled = errorOf(run)
  probe.request(2)
  await settle(2)
  for (let value = 0; value < 6; value++) push(value)
  await probe.expectNext(0, 1)
  // The end of `take` is told to whoever asks for more.
  if (how === 'take') probe.request(1)
  else if (how === 'abort') await run.abort()
  else {
    const stopping = run.stop()
    push('too late')
    probe.request(10)
    await stopping
  }
  await settled
  assertEqual(probe.values, how === 'stop' ? [0, 1, 2, 3, 4, 5] : [0, 1], 'handed on')
  assertEqual(dropped, how === 'stop' ? [] : [2, 3, 4, 5], 'offered to onDrop')
  assertEqual(run.stats().stages[0]?.dropped, dropped.length, 'dropped, as counted')
}

async function keepsTo(open: OverflowEntry['open'], options: Pick<PushOptions<unknown>, 'overflow' | 'capacity'>, plan: readonly Step[]): Promise<void> {
  const { overflow, capacity } = options
  const model = { held: [] as unknown[], taken: [] as unknown[], dropped: [] as unknown[], failed: false }
  const dropped: unknown[] = []
  const { source, push, end } = open({ ...options, onDrop: (value) => { dropped.push(value) } })
  const probe = manualSink<unknown>()
  const run = source.to(probe.sink).run()
  const failure = errorOf(run)
  // The first pull begins it, and takes the first value.
  probe.request(1)
  await settle(2)
  push('first')
  await probe.expectNext('first')
  let next = 0
  for (const { pushed, taken } of plan) {
    for (let i = 0; i < pushed; i++) {
      push(next)
      modelPush(model, overflow, capacity, next++)
    }
    // Never more than there are: what is pushed finds nobody waiting.
    const count = Math.min(taken, model.held.length)
    const values = model.held.splice(0, count)
    model.taken.push(...values)
    probe.request(count)
    await probe.expectNext(...values)
  }
  end()
  probe.request(capacity + 1)
  const error = await failure
  assertEqual(probe.values, ['first', ...model.taken, ...model.held], 'the values')
  assertEqual(dropped, model.dropped, 'what was offered to onDrop')
  assertEqual(run.stats().stages[0]?.dropped, model.dropped.length, 'dropped, as counted')
  assert(model.failed ? error instanceof QueueFullError : error === undefined, `failed with ${String(error)}`)
}

function modelPush(model: { held: unknown[]; dropped: unknown[]; failed: boolean }, overflow: PushOptions<unknown>['overflow'], capacity: number, value: unknown): void {
  if (model.failed) return
  if (model.held.length < capacity) model.held.push(value)
  else if (overflow === 'fail') model.failed = true
  else if (overflow === 'drop-newest') model.dropped.push(value)
  else {
    model.dropped.push(model.held.shift())
    model.held.push(value)
  }
}
