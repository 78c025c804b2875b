import fc from 'fast-check'
import { from, toArray, type Sink, type Source } from '@sluice/core'
import { assert, assertEqual, manualSource, settle, SHAPES, VALUES, type LawCase } from '@sluice/testing'

/** What goes into `sink` comes out of `source`: one passage through an outside world, for one run of each. */
export interface Passage {
  readonly sink: Sink<unknown, unknown>
  readonly source: Source<unknown>
  /** What is still held when both runs are over: listeners, locks, handles, timers. 0 keeps the law. */
  readonly held: () => number
  /** Takes the world down. */
  readonly close?: () => unknown
}

/** An entry of the law suite: a bridge in both directions. */
export interface PassageEntry {
  readonly name: string
  readonly open: () => Passage | Promise<Passage>
  /** True where the far side is read only after it was written: a file. Default: both at once. */
  readonly inTurn?: boolean
}

const BOOM = new Error('boom')

/** Generates the cases of one bridge. What is particular to a world is tested beside it. */
export function passageLaws(entry: PassageEntry): LawCase[] {
  const cases: LawCase[] = []
  const add = (law: string, name: string, run: (passage: Passage) => Promise<void>): void => {
    cases.push({ law, name: `${law}: ${entry.name}: ${name}`, run: () => within(entry, run) })
  }
  const roundTrip = async ({ sink, source }: Passage, values: Source<unknown>): Promise<unknown[]> => {
    if (entry.inTurn) {
      await values.to(sink).run()
      return source.to(toArray()).run()
    }
    const reading = source.to(toArray()).run()
    await settle(2)
    const [, read] = await Promise.all([values.to(sink).run(), reading])
    return read
  }

  for (const { name, values } of VALUES) {
    for (const shape of SHAPES) {
      add('A1', `${name} ${shape.name}`, async (passage) => {
        assertEqual(await roundTrip(passage, shape.make(values)), values, 'the values')
      })
    }
  }
  add('A5', 'nothing is held after many runs', async () => {
    for (let i = 0; i < 10; i++) {
      await within(entry, async (passage) => {
        await roundTrip(passage, from([1, 2, 3]))
        await settle(2)
        assertEqual(passage.held(), 0, 'held')
      })
    }
  })
  add('A6', 'what comes back is what went in', async () => {
    const value = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.record({ a: fc.string(), b: fc.array(fc.nat(), { maxLength: 3 }) }, { noNullPrototype: true }))
    await fc.assert(fc.asyncProperty(fc.array(value, { maxLength: 40 }), fc.constantFrom(...SHAPES), (values, shape) =>
      within(entry, async (passage) => {
        assertEqual(JSON.stringify(await roundTrip(passage, shape.make(values))), JSON.stringify(values), 'the values')
      })), { numRuns: 25 })
  })
  add('A7', 'both sides fail at once, and each settles once', async ({ sink, source }) => {
    const probe = manualSource<unknown>()
    const outcomes: unknown[] = []
    const note = (outcome: unknown): void => { outcomes.push(outcome) }
    const writing = probe.source.to(sink).run()
    const reading = entry.inTurn ? undefined : source.to(toArray()).run()
    void writing.then(note, note)
    void reading?.then(note, note)
    probe.emit(1)
    await settle(2)
    probe.fail(BOOM)
    await reading?.abort(BOOM)
    await writing.then(undefined, () => {})
    await settle(4)
    const expected = entry.inTurn ? 1 : 2
    assert(outcomes.length === expected && outcomes.every((outcome) => outcome === BOOM), `saw ${outcomes.map(String).join(', ')}`)
  })
  if (!entry.inTurn) {
    add('A8', 'stop ends the reader with what was read', async ({ sink, source, held }) => {
      const probe = manualSource<unknown>()
      const writing = probe.source.to(sink).run()
      // A far side that stops may well be a failure for the writer.
      const written = writing.then(() => {}, () => {})
      const reading = source.to(toArray()).run()
      await settle(4)
      probe.emit(1, 2)
      for (let i = 0; i < 200 && (reading.stats().stages[0]?.out ?? 0) < 2; i++) await settle(1)
      assertEqual((await reading.stop({ deadlineMs: 2000 })).status, 'completed', 'the report')
      assertEqual(await reading, [1, 2], 'the values')
      await writing.stop()
      await written
      await settle(4)
      assertEqual(held(), 0, 'held')
    })
  }
  return cases
}

async function within(entry: PassageEntry, run: (passage: Passage) => Promise<void>): Promise<void> {
  const passage = await entry.open()
  try {
    await run(passage)
  } finally {
    await passage.close?.()
  }
}
