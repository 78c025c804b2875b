import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describePipeline, from, type Operator, type Pipeline, type Sink, type Source, type Traits } from '@sluice/core'
import { captureSites, DONE, issueTicket, PENDING, sink, source, type Tickets } from '@sluice/core/authoring'
import { joint, seededRandom, VirtualClock, type CompositionEntry, type CompositionUse, type Inside, type Passage } from '@sluice/testing'
import { buffer, filter, map, mapAsync, windowEventTime } from './index'
import { entries, later } from './laws/index'

/*
 * What `describePipeline` tells of an operator is what the operator does: every operator is tried in some of its uses, between a
 * source of plain shape and a sink that is quick, slow, or has never done with its first value.
 */

/** Ways to use each operator that are tried. */
const DRAWS = 16
const VALUES = [5, 1, 41, 4, 4, 22, 9, 0, 33, 8, 7, 62]

/** Source and sink of one run. */
interface Setting {
  /** Between two values of the source; 0: all are at hand. */
  readonly everyMs: number
  /** For each value that the sink takes, one at a time. Infinity: it never has done with the first. */
  readonly slowMs: number
}

const QUICK: Setting = { everyMs: 0, slowMs: 0 }
const SETTINGS: readonly Setting[] = [QUICK, { everyMs: 0, slowMs: 4 }, { everyMs: 3, slowMs: 0 }, { everyMs: 1, slowMs: 5 }]
const BLOCKED: readonly Setting[] = [{ everyMs: 0, slowMs: Infinity }, { everyMs: 1, slowMs: Infinity }]

// Tens of thousands of pipelines are built here, and none of the tests asks where.
let before: boolean | 'every'
beforeAll(() => { before = captureSites(false) })
afterAll(() => { captureSites(before) })

/** What branches and inner sources go through. */
const INNER: readonly ((clock: VirtualClock) => Operator<number, number>)[] = [
  () => (same) => same, () => filter((n) => n % 4 > 1), (clock) => mapAsync(later(clock), { concurrency: 1, capacity: 0 }),
]

/** Uses that the law of wholes leaves out, because they lose values. */
const LOSSY: readonly CompositionEntry[] = (['drop-oldest', 'drop-newest', 'latest'] as const).map((overflow) => ({
  name: `buffer, ${overflow}`,
  use: (choose) => {
    const capacity = 1 + choose(3)
    return { code: `buffer(${capacity}, { overflow: '${overflow}' })`, make: () => buffer(capacity, { overflow }), reference: (values) => values }
  },
}))
const LATE: CompositionEntry = {
  name: 'windowEventTime, late',
  use: () => ({
    code: 'windowEventTime({ sizeMs: 1, time: (n) => n, maxWindows: 1, maxCount: 1 })', reference: (values) => values,
    make: () => (values) => values.pipe(windowEventTime({ sizeMs: 1, time: (n: number) => n, maxWindows: 1, maxCount: 1 }), map(({ values: [n = NaN] }) => n)),
  }),
}

/** One use of an operator, with all that it says of itself taken together: it may stand between two maps. */
class Trial {
  readonly clock = new VirtualClock()
  readonly use: CompositionUse
  readonly traits: Traits
  readonly unknown: readonly string[]
  readonly out: number[] = []
  /** What became of each value that the source gave. */
  readonly fates: (string | undefined)[] = []
  readonly stages: number
  /** What the operator says of itself, without the stages around it. */
  readonly own: Traits | undefined
  readonly #others: Passage[][] = []
  readonly #heads: Passage[][] = []
  readonly #tails: Passage[][] = []
  readonly #pipeline: Pipeline<void>

  constructor(entry: CompositionEntry, seed: number, setting: Setting) {
    const random = seededRandom(seed)
    const text = { other: () => '', branch: () => '' }
    this.use = entry.use((count) => Math.floor(random() * count), text)
    const end = this.#source(setting).pipe(this.use.make({
      clock: this.clock,
      other: (index, values = [100 * (index + 1), 100 * (index + 1) + 1]) => from(values).pipe(joint(this.#others[index] ??= [])),
      branch: (index) => (upstream) => upstream.pipe(joint(this.#heads[index] ??= []), INNER[seed % INNER.length]!(this.clock), joint(this.#tails[index] ??= [])),
    }))
    const { stages, unknown } = describePipeline(end)
    this.unknown = unknown.filter((id) => !/^(?:joint|paced)/.test(id))
    this.stages = stages.length
    this.own = stages.find(({ madeBy, kind }) => madeBy === nameOf(entry) && kind === 'operator')?.traits
    const all = stages.flatMap(({ traits }) => (traits ? [traits] : []))
    this.traits = {
      tickets: all.some(({ tickets }) => tickets === 'ended') ? 'ended' : 'kept',
      order: all.some(({ order }) => order === 'changed') ? 'changed' : 'kept',
      drops: (['surplus', 'chosen'] as const).find((which) => all.some(({ drops }) => drops === which)) ?? 'nothing',
      holds: all.reduce((sum, { holds }) => sum + holds, 0),
      opens: Math.max(0, ...all.map(({ opens }) => opens)),
    }
    this.#pipeline = end.to(this.#sink(setting))
  }

  /** It reads no further source. */
  get isAlone(): boolean {
    return this.#others.length === 0
  }

  get reference(): readonly number[] {
    const { use } = this
    const inside: Inside = {
      others: this.#others.map(([first]) => first!), heads: this.#heads, tails: this.#tails,
    }
    return use.reference(VALUES.slice(0, this.fates.length), inside)
  }

  /** To its end. */
  async play(): Promise<this> {
    await this.clock.runOut(this.#pipeline.run({ clock: this.clock, random: () => 0.5 }))
    return this
  }

  /** As far as the run comes; the fates are those of that moment. */
  async block(): Promise<(string | undefined)[]> {
    const run = this.#pipeline.run({ clock: this.clock, random: () => 0.5 })
    run.then(() => {}, () => {})
    await this.clock.advance(200)
    const fates = [...this.fates]
    await this.clock.runOut(run.abort().then(() => {}, () => {}))
    return fates
  }

  #source({ everyMs }: Setting): Source<number> {
    return source<number>('paced', (stage) => {
      const tickets: Tickets = []
      let at = 0
      let due = everyMs
      return {
        tickets,
        pull: (into) => {
          if (at === VALUES.length) return DONE
          const now = stage.scope.clock.now()
          if (now < due) {
            stage.scope.clock.after(due - now, stage.wake)
            return PENDING
          }
          due = now + everyMs
          const index = at++
          into[0] = VALUES[index]!
          this.fates[index] = undefined
          tickets[0] = issueTicket(stage, (_status, _error, fate) => { this.fates[index] = fate })
          return 1
        },
      }
    })
  }

  #sink({ slowMs }: Setting): Sink<number, void> {
    return sink<number, void>('taker', () => ({
      demand: () => 1,
      write: (values) => {
        this.out.push(values[0]!)
        return slowMs === 0 ? undefined : slowMs === Infinity ? new Promise<void>(() => {}) : this.clock.sleep(slowMs)
      },
      end: () => {},
    }))
  }
}

/** Whether the values of `part` stand in `whole` in this order. */
function inOrder(part: readonly number[], whole: readonly number[]): boolean {
  let at = 0
  return part.every((value) => {
    while (at < whole.length && whole[at] !== value) at++
    return at++ < whole.length
  })
}

const nameOf = ({ name }: CompositionEntry): string => name.replace(/,.*/, '')
const ALL = [...entries, ...LOSSY, LATE]
const seeds = Array.from({ length: DRAWS }, (_, seed) => seed)
const each = (entry: CompositionEntry, settings: readonly Setting[]): Trial[] => seeds.flatMap((seed) => settings.map((setting) => new Trial(entry, seed, setting)))
const LOST = ['absorbed', 'dropped', 'skipped']

/** One value of theirs holds any number of those that came in. */
const AS_ONE = ['conflate', 'conflateWithSeed']

describe.each(ALL.map((entry) => [entry.name, entry] as const))('%s', (name, entry) => {
  it('P1: every stage of it tells what it does', () => {
    for (const trial of each(entry, [QUICK])) expect(trial.unknown, trial.use.code).toEqual([])
  })

  it('P2, P3: keeps the order and the values that it says it keeps, whatever the time its neighbours take', async () => {
    for (const trial of each(entry, SETTINGS)) {
      const { traits, use, out, fates, reference } = await trial.play()
      const about = `${use.code}: [${out.join(', ')}], fates ${fates.join(', ')}`
      if (traits.order === 'kept') expect(inOrder(out, reference), about).toBe(true)
      if (traits.drops !== 'surplus') expect(fates, about).not.toContain('dropped')
      if (traits.drops === 'nothing') expect(fates.filter((fate) => LOST.includes(fate!)), about).toEqual([])
    }
  })

  it('P3: what it says it chooses is the same in each run, whatever the time its neighbours take', async () => {
    for (const seed of seeds) {
      const [first, ...others] = await Promise.all(SETTINGS.map((setting) => new Trial(entry, seed, setting).play()))
      if (first!.traits.drops !== 'chosen' || !first!.isAlone) continue
      for (const other of others) expect([...other.out].sort(), first!.use.code).toEqual([...first!.out].sort())
    }
  })

  it('P4: tickets that it says it keeps are acknowledged when the sink has done with what became of them', async () => {
    for (const trial of each(entry, BLOCKED)) {
      const fates = await trial.block()
      // Those values are delivered to another sink.
      const side = trial.use.code.includes('drain()')
      if (trial.traits.tickets === 'kept' && !side) expect(fates, trial.use.code).not.toContain('delivered')
    }
  })

  it('P5: holds no more than it says, besides one value in the hand of each stage', async () => {
    if (AS_ONE.includes(name)) return
    for (const trial of each(entry, BLOCKED)) {
      const held = (await trial.block()).filter((fate) => fate === undefined).length
      expect(held, trial.use.code).toBeLessThanOrEqual(trial.traits.holds + trial.stages)
    }
  })
})

/** Operators by name, with all of their uses. */
const BY_NAME = new Map([...new Set(ALL.map(nameOf))].map((name) => [name, ALL.filter((entry) => nameOf(entry) === name)]))

/** Why what an operator says it may do does not show in its uses here. */
const UNSEEN: Readonly<Record<string, string>> = {
  'MergeHub changes the order': 'it has one source',
  'groupBy holds': 'its keys are not equally frequent',
  'filterAsync holds': 'half of its values are absorbed meanwhile',
  'mergeMap holds': 'its inner sources have their values at hand',
  'broadcast holds': 'its branches are equally fast',
  'partition holds': 'its branches are not equally busy',
  'route holds': 'its branches are not equally busy',
  'unzip holds': 'its branches are equally fast',
  'alsoTo holds': 'its branch is as fast as its sink',
  'wireTap holds': 'its sink is quick',
  'share holds': 'it has one reader',
}

describe('what an operator says it may do, it does in some run', () => {
  const runs = new Map<string, Promise<Trial[]>>()
  const played = (name: string): Promise<Trial[]> => {
    const known = runs.get(name) ?? Promise.all(BY_NAME.get(name)!.flatMap((entry) => each(entry, SETTINGS)).map((trial) => trial.play()))
    runs.set(name, known)
    return known
  }
  const unseen = (what: string): string[] => Object.keys(UNSEEN).filter((claim) => claim.endsWith(what)).sort()

  it('P2: changes the order', async () => {
    const never: string[] = []
    for (const name of BY_NAME.keys()) {
      const said = (await played(name)).filter(({ traits }) => traits.order === 'changed')
      if (said.length > 0 && said.every(({ out, reference }) => inOrder(out, reference))) never.push(`${name} changes the order`)
    }
    expect(never).toEqual(unseen('changes the order'))
  })

  it('P3: drops values, surplus ones because of when they come', async () => {
    const never: string[] = []
    for (const name of BY_NAME.keys()) {
      const said = (await played(name)).filter(({ own }) => own && own.drops !== 'nothing')
      const isSurplus = said.some(({ own }) => own?.drops === 'surplus')
      const all = ({ fates }: Trial): boolean => fates.length === VALUES.length && (isSurplus ? !fates.includes('dropped') : fates.every((fate) => fate === 'delivered'))
      if (said.length > 0 && said.every(all)) never.push(`${name} drops`)
    }
    expect(never).toEqual([])
  })

  it('P4: ends tickets', async () => {
    for (const [name, uses] of BY_NAME) {
      const said = uses.flatMap((entry) => each(entry, BLOCKED)).filter(({ own }) => own?.tickets === 'ended')
      const fates = await Promise.all(said.map((trial) => trial.block()))
      if (said.length > 0) expect(fates.flat(), name).toContain('delivered')
    }
  })

  it('P5: holds as much as it says', async () => {
    const never: string[] = []
    for (const [name, uses] of BY_NAME) {
      let [most, said] = [0, 0]
      for (const trial of uses.flatMap((entry) => each(entry, BLOCKED))) {
        most = Math.max(most, (await trial.block()).filter((fate) => fate === undefined).length)
        said = Math.max(said, Math.min(trial.traits.holds, VALUES.length))
      }
      if (most < said) never.push(`${name} holds`)
    }
    expect(never.sort()).toEqual(unseen('holds'))
  })
})
