import fc from 'fast-check'
import { QueueFullError, type Source } from '@sluice/core'
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
 * whose length is bounded. What is dropped is counted and offered; nothing is out of order, lost unseen or doubled.
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
  return cases
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
