import { describe, expect, it } from 'vitest'
import { ExploringScheduler, settle } from '@sluice/testing'
import { DeadlockError, from, toArray, type Operator, type Source } from '../index'
import {
  asyncOperator, DONE, Feed, PENDING, RingBuffer, source, type Keeper, type Openable, type Puller, type Scheduler,
  type Stage, type StageState, type Task,
} from '../authoring'

type FeedClass = new <T>(...args: ConstructorParameters<typeof Feed<T>>) => Feed<T>

/** What a keeper has seen, to be looked at after the run. */
interface Seen {
  /** Values that came when there was no room for them. */
  unasked: number
  /** Pulls of upstream that came before the consumer had waited. */
  early: number
  taken: number
}

/** A queue of room `capacity` that a feed fills. */
class Kept<T> implements Puller<T>, Keeper<T> {
  readonly tickets = null
  readonly #ring: RingBuffer<T>
  readonly #feed: Feed<T>

  constructor(Made: FeedClass, upstream: Openable<T>, stage: Stage, readonly capacity: number, readonly seen: Seen) {
    this.#ring = new RingBuffer<T>(capacity)
    this.#feed = new Made<T>(stage, this, (wake) => stage.open(upstream, wake))
  }

  pull(into: T[], limit: number): number {
    const count = this.#ring.drain(into, limit)
    if (count > 0) {
      this.#feed.goOn()
      return count
    }
    return this.#feed.isOver ? DONE : this.#feed.wait()
  }

  room(): number | StageState {
    return this.capacity - this.#ring.size || this.#feed.rest()
  }

  take(values: readonly T[], count: number): boolean {
    this.seen.taken += count
    for (let i = 0; i < count; i++) if (!this.#ring.push(values[i] as T)) this.seen.unasked++
    this.#feed.tell()
    return false
  }

  ended(): void {
    this.#feed.tell()
  }
}

const none = (): Seen => ({ unasked: 0, early: 0, taken: 0 })
const fed = <T>(Made: FeedClass, capacity: number, seen: Seen = none()): Operator<T, T> =>
  asyncOperator<T, T>('fed', (upstream, stage) => new Kept<T>(Made, upstream, stage, capacity, seen))

const NUMBERS = Array.from({ length: 40 }, (_, i) => i)

/** Answers some values, or PENDING with a wake that comes inside the pull, at once, or a few microtasks later. */
const moody = (random: () => number): Source<number> => source<number>('moody', (stage) => {
  let at = 0
  let waiting = false
  return {
    pull(into, limit) {
      if (waiting) return PENDING
      const mood = Math.floor(random() * 5)
      if (mood === 0) {
        stage.wake()
        return PENDING
      }
      if (mood === 1) {
        waiting = true
        void settle(0).then(() => {
          waiting = false
          stage.wake()
        })
        return PENDING
      }
      if (mood === 2) stage.wake()
      if (at === NUMBERS.length) return DONE
      const count = Math.min(limit, 1 + Math.floor(random() * 3), NUMBERS.length - at)
      for (let i = 0; i < count; i++) into[i] = NUMBERS[at++] as number
      return count
    },
  }
})

/** A scheduler that counts turns; a slice is used up after so many units of work. */
class Counting implements Scheduler {
  turns = 0
  readonly #ready: Task[] = []
  #done = 0

  constructor(readonly slice: number, readonly batch = 64) {}

  enqueue(task: Task): void {
    this.#ready.push(task)
    void Promise.resolve().then(() => {
      if (++this.turns > 10_000) throw new Error('10,000 turns, and no end')
      this.#done = 0
      this.#ready.splice(0, 1)[0]?.run()
    })
  }

  dispatch(wake: () => void): void {
    wake()
  }

  spent(units: number): boolean {
    this.#done += units
    return this.isSpent()
  }

  worked(units: number): void {
    this.#done += units
  }

  isSpent(): boolean {
    return this.#done >= this.slice
  }
}

/** Runs with a feed of the given class under one seed; answers what came, or 'stands still'. */
async function underSeed(Made: FeedClass, seed: number): Promise<unknown> {
  let state = seed
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
  const run = moody(random).pipe(fed(Made, 1 + (seed % 4)), fed(Made, 2)).to(toArray()).run({ scheduler: new ExploringScheduler(seed), onWarning: () => {} })
  let outcome: number[] | string | undefined
  let failure: unknown
  run.then((values) => { outcome = values }, (error: unknown) => {
    // The kernel may have seen by itself that nothing can go on any more.
    if (error instanceof DeadlockError) outcome = 'stands still'
    else failure = error
  })
  for (let i = 0; i < 200 && outcome === undefined && failure === undefined; i++) await settle(1)
  if (failure !== undefined) throw failure
  outcome ??= 'stands still'
  if (outcome === 'stands still') await run.abort().catch(() => {})
  run.then(null, () => {})
  return outcome
}

/** Mutants that lose a wake, each in a place of its own. */
class ForgetsToGoOn<T> extends Feed<T> {
  override goOn(): void {
    this.isResting = false
  }
}
class ForgetsToTell<T> extends Feed<T> {
  override tell(): boolean {
    const { isAwaited } = this
    this.isAwaited = false
    return isAwaited
  }
}
class ForgetsToStart<T> extends Feed<T> {
  override start(): void {
    // Leaves it to upstream to wake.
  }
}

describe('the feed', () => {
  it('O7: keeps every value and the order under 200 interleavings', async () => {
    for (let seed = 1; seed <= 200; seed++) expect(await underSeed(Feed, seed), `seed ${seed}`).toEqual(NUMBERS)
  })

  it.each([['goOn', ForgetsToGoOn], ['tell', ForgetsToTell], ['start', ForgetsToStart]] as const)(
    'O7: a mutant that loses the wake of %s stands still under one of 20 seeds', async (_, Mutant) => {
      const outcomes: unknown[] = []
      for (let seed = 1; seed <= 20; seed++) {
        outcomes.push(await underSeed(Mutant, seed))
        if (outcomes.at(-1) === 'stands still') break
      }
      expect(outcomes.at(-1)).toBe('stands still')
    },
  )

  it('O9: reads nothing without room, and nothing before the consumer has waited', async () => {
    const seen = none()
    let pulls = 0
    let waited = false
    const upstream = source<number>('upstream', (stage) => {
      // A source may wake before anybody has pulled.
      stage.wake()
      return {
        pull(into, limit) {
          pulls++
          if (!waited) seen.early++
          const count = Math.min(limit, 3)
          for (let i = 0; i < count; i++) into[i] = i
          return pulls > 30 ? DONE : count
        },
      }
    })
    const late = asyncOperator<number, number>('late', (before, stage) => {
      const outlet = stage.open(before)
      void settle(3).then(() => {
        waited = true
        stage.wake()
      })
      return { pull: (into) => (waited ? outlet.pull(into, 1) : PENDING) }
    })
    const values = await upstream.pipe(fed(Feed, 5, seen), late).to(toArray()).run()
    expect(values).toHaveLength(seen.taken)
    expect(seen).toMatchObject({ unasked: 0, early: 0 })
  })

  it('O7: a wake inside the turn is kept for the next one', async () => {
    let pulls = 0
    const upstream = source<number>('wakes', (stage) => ({
      pull(into) {
        pulls++
        stage.wake()
        if (pulls % 2 === 1) return PENDING
        into[0] = pulls
        return pulls > 10 ? DONE : 1
      },
    }))
    expect(await upstream.pipe(fed(Feed, 2)).to(toArray()).run()).toEqual([2, 4, 6, 8, 10])
  })

  it.each([1, 64])('O12: ends with all values where every slice is used up by the first batch, of %i, and needs no more turns than that', async (batch) => {
    const scheduler = new Counting(1, batch)
    expect(await from(NUMBERS).pipe(fed(Feed, 1000)).to(toArray()).run({ scheduler })).toEqual(NUMBERS)
    const batches = Math.ceil(NUMBERS.length / batch)
    // Feed and sink each have a turn for a batch, one to learn of the end, and one to begin with.
    expect(scheduler.turns).toBeLessThanOrEqual(2 * (batches + 2))
    expect(scheduler.turns).toBeGreaterThan(batches)
  })

  it('O12: gives way when the slice is used up, and not before', async () => {
    const taken: number[] = []
    const scheduler = new Counting(20, 1)
    const watched = asyncOperator<number, number>('watched', (upstream, stage) => {
      const outlet = stage.open(upstream)
      return {
        pull(into, limit) {
          const count = outlet.pull(into, limit)
          if (count > 0) taken[scheduler.turns] = (taken[scheduler.turns] ?? 0) + count
          return count
        },
      }
    })
    expect(await from(NUMBERS).pipe(watched, fed(Feed, 1000)).to(toArray()).run({ scheduler })).toEqual(NUMBERS)
    // A value costs three units: the two stages before the feed hand it on, and the feed takes it. The seventh fills the slice.
    expect(Object.values(taken)).toEqual([7, 7, 7, 7, 7, 5])
  })

  it('a keeper that has its consumer go first is not asked before that turn', async () => {
    const order: string[] = []
    const values = await from([1, 2, 3]).pipe(asyncOperator<number, number>('one by one', (upstream, stage) => {
      let held: number | undefined
      const feed: Feed<number> = new Feed<number>(stage, {
        room: () => 1,
        take(batch): boolean {
          order.push(`take ${batch[0]}`)
          held = batch[0]
          return feed.tell()
        },
        ended: () => { feed.tell() },
      }, (wake) => stage.open(upstream, wake))
      return {
        pull(into) {
          if (held === undefined) return feed.isOver ? DONE : feed.wait()
          order.push(`pull ${held}`)
          into[0] = held
          held = undefined
          return 1
        },
      }
    })).to(toArray()).run()
    expect(values).toEqual([1, 2, 3])
    expect(order).toEqual(['take 1', 'pull 1', 'take 2', 'pull 2', 'take 3', 'pull 3'])
  })

  it('O5: a failure of upstream comes after what is held; one of the keeper ends the reading', async () => {
    const failing = from((function* () {
      yield* [1, 2, 3]
      throw new Error('upstream')
    })())
    const out: number[] = []
    const run = failing.pipe(fed(Feed, 8)).to({ name: 'list', open: () => ({ write(batch: readonly number[], count) { out.push(...batch.slice(0, count)) }, end() {} }) }).run()
    await expect(run).rejects.toThrow('upstream')
    expect(out).toEqual([1, 2, 3])

    let pulls = 0
    const counted = source<number>('counted', () => ({ pull: (into) => (pulls++, into[0] = pulls, 1) }))
    const broken = counted.pipe(asyncOperator<number, number>('broken', (upstream, stage) => {
      const feed = new Feed<number>(stage, {
        room: () => 1,
        take() { throw new Error('keeper') },
        ended() {},
      }, (wake) => stage.open(upstream, wake))
      return { pull: () => (feed.isOver ? DONE : feed.wait()) }
    }))
    await expect(broken.to(toArray()).run()).rejects.toThrow('keeper')
    expect(pulls).toBe(1)
  })

  it('a keeper that wants the failure of upstream for itself gets it, and the stage does not fail', async () => {
    const failing = from({ [Symbol.iterator]: (): Iterator<number> => ({ next: () => { throw new Error('upstream') } }) })
    let told: unknown
    const operator = asyncOperator<number, number>('keeps', (upstream, stage) => {
      const feed = new Feed<number>(stage, {
        room: () => 1,
        take: () => false,
        ended() {},
        failed(error) {
          told = error
          feed.tell()
        },
      }, (wake) => stage.open(upstream, wake))
      return { pull: () => (feed.isOver ? DONE : feed.wait()) }
    })
    expect(await failing.pipe(operator).to(toArray()).run()).toEqual([])
    expect(told).toMatchObject({ message: 'upstream' })
  })

  it('leave() closes upstream and reads nothing more', async () => {
    let closed = 0
    let pulls = 0
    const upstream = source<number>('upstream', () => ({
      pull(into) {
        into[0] = ++pulls
        return 1
      },
      close() { closed++ },
    }))
    const operator = asyncOperator<number, number>('leaves', (before, stage) => {
      let held: number | undefined
      const feed = new Feed<number>(stage, {
        room: () => 1,
        take(batch) {
          held = batch[0]
          feed.leave()
          feed.tell()
          return false
        },
        ended() {},
      }, (wake) => stage.open(before, wake))
      return {
        pull(into) {
          if (held === undefined) return feed.isOver ? DONE : feed.wait()
          into[0] = held
          held = undefined
          return 1
        },
      }
    })
    expect(await upstream.pipe(operator).to(toArray()).run()).toEqual([1])
    expect([pulls, closed]).toEqual([1, 1])
  })
})
