import { from, toArray, type Sink, type Source } from '@sluice/core'
import { assertEqual, settle, type LawCase } from '@sluice/testing'
import { crossingCases, withoutUnhandled, type World } from './crossing-cases'

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

/** Generates the cases of one bridge: those of every crossing, and that nothing is held. What is particular to a world is tested beside it. */
export function passageLaws(entry: PassageEntry): LawCase[] {
  const { name, inTurn = false } = entry
  const use = async (work: (world: World) => Promise<void>): Promise<void> => {
    const passage = await entry.open()
    try {
      await work(worldOf(passage, inTurn))
      await settle(4)
      assertEqual(passage.held(), 0, 'A5: held')
    } finally {
      await passage.close?.()
    }
  }
  const cases = crossingCases({ name, use, copies: true, atOnce: !inTurn })
  const run = async (): Promise<void> => {
    for (let i = 0; i < 10; i++) await use(async (world) => { await world.cross(from([1, 2, 3]), toArray()) })
  }
  return [...cases, { law: 'A5', name: `A5: ${name}: nothing is held after many runs`, run: () => withoutUnhandled(run) }]
}

function worldOf({ sink, source }: Passage, inTurn: boolean): World {
  return {
    async cross(values, into) {
      if (inTurn) {
        await values.to(sink).run()
        return source.to(into).run()
      }
      const reading = source.to(into).run()
      await settle(2)
      const [, read] = await Promise.all([values.to(sink).run(), reading])
      return read
    },
    begin(values, into) {
      const reading = inTurn ? [] : [source.to(into).run()]
      return [values.to(sink).run(), ...reading]
    },
  }
}
