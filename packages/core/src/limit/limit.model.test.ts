import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { Limit } from './limit'
import { FakeClock, settled } from '../../test/fake-clock'
import type { Permit } from './permit'

const SHARED_BURST = 5
const KEY_BURST = 3

// Which of two things that happen at the same time comes first is nobody's business, so no two do: every step takes
// 1/512 ms, the shared rate is a little off the rate of a key, and timeouts are a little off both. All are sums of powers
// of two, so that there is nothing to round.
const STEP_MS = 1 / 512
const KEY_MS = 4
const SHARED_MS = 4 + 2 ** -16
const TIMEOUT_OFF_MS = 2 ** -17

/** One gate of the model. */
class Gate {
  active = 0
  creditMs: number
  at = 0
  constructor(
    public concurrency: number,
    readonly burst: number,
    readonly msPerToken: number,
  ) {
    this.creditMs = burst * msPerToken
  }

  /** In how many ms the tokens are there, whatever the concurrency. */
  missingMs(cost: number, now: number): number {
    this.creditMs = Math.min(this.burst * this.msPerToken, this.creditMs + now - this.at)
    this.at = now
    return Math.max(0, cost * this.msPerToken - this.creditMs)
  }

  isOpen(cost: number, now: number): boolean {
    return this.active < this.concurrency && this.missingMs(cost, now) === 0
  }

  enter(cost: number): void {
    this.active++
    this.creditMs -= cost * this.msPerToken
  }
}

interface Caller {
  id: number
  key: number
  cost: number
  until: number
}

/** What a limit should do, by looking at everything at every step. */
class Model {
  now = 0
  lines: Caller[][] = [[], [], []]
  /** Keys whose head waits for the shared gate only, in the order in which they came to that. */
  turns: number[] = []
  out: number[] = []
  gone: number[] = []
  keyOf = new Map<number, number>()
  readonly shared: Gate
  readonly keys: Gate[]

  constructor(concurrency: number, perKey: number) {
    this.shared = new Gate(concurrency, SHARED_BURST, SHARED_MS)
    this.keys = this.lines.map(() => new Gate(perKey, KEY_BURST, KEY_MS))
  }

  settle(): void {
    for (;;) {
      const isReady = (key: number): boolean => {
        const head = this.lines[key]?.[0]
        return head !== undefined && this.keys[key]?.isOpen(head.cost, this.now) === true
      }
      this.turns = this.turns.filter(isReady)
      for (const key of this.lines.keys()) if (isReady(key) && !this.turns.includes(key)) this.turns.push(key)
      const key = this.turns[0]
      const head = key === undefined ? undefined : this.lines[key]?.[0]
      if (key === undefined || head === undefined || !this.shared.isOpen(head.cost, this.now)) return
      this.turns.splice(0, 1)
      this.lines[key]?.splice(0, 1)
      this.enter(head)
    }
  }

  tryEnter(caller: Caller): boolean {
    const isFree = this.turns.length === 0 && this.lines[caller.key]?.length === 0
    const isOpen = this.keys[caller.key]?.isOpen(caller.cost, this.now) === true && this.shared.isOpen(caller.cost, this.now)
    if (isFree && isOpen) this.enter(caller)
    return isFree && isOpen
  }

  enter({ id, key, cost }: Caller): void {
    this.keys[key]?.enter(cost)
    this.shared.enter(cost)
    this.out.push(id)
    this.keyOf.set(id, key)
  }

  /** Those who give up do so one after the other, oldest first: each may make way for one who would have left, too. */
  leave(gone: (caller: Caller) => boolean): void {
    for (;;) {
      const [leaver] = this.lines.flat().filter(gone).sort((one, other) => one.id - other.id)
      if (leaver === undefined) return
      this.gone.push(leaver.id)
      this.lines = this.lines.map((line) => line.filter((caller) => caller !== leaver))
      this.settle()
    }
  }

  /** Goes from one moment at which something may happen to the next. */
  advance(ms: number): void {
    const end = this.now + ms
    while (this.now < end) {
      const next = this.lines.flatMap((line, key) => line.flatMap(({ cost, until }) => [
        until,
        this.now + (this.keys[key]?.missingMs(cost, this.now) ?? 0),
        this.now + this.shared.missingMs(cost, this.now),
      ]))
      this.now = Math.min(end, ...next.filter((at) => at > this.now))
      this.settle()
      this.leave((caller) => caller.until <= this.now)
    }
  }

  release(id: number): void {
    const gate = this.keys[this.keyOf.get(id) ?? -1]
    if (gate !== undefined) gate.active--
    this.shared.active--
    this.settle()
  }
}

const key = fc.nat({ max: 2 })
const cost = fc.nat({ max: KEY_BURST })
const timeoutMs = fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined })
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('acquire' as const), key, cost, timeoutMs }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('try' as const), key, cost }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('release' as const), which: fc.nat({ max: 9 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('abort' as const), which: fc.nat({ max: 30 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 10 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('resize' as const), to: fc.integer({ min: 1, max: 7 }) }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

test.each([
  [1, 1],
  [2, 1],
  [7, 2],
  [2, Infinity],
])('Q60-Q68: a limit of %d, %d per key, does what its model does, whatever is called in whatever order', async (shared, perKey) => {
  const runs = fc.asyncProperty(fc.array(step, { maxLength: 60 }), (steps) => compare(shared, perKey, steps))
  await fc.assert(runs, { numRuns: Number(process.env['FC_RUNS'] ?? 150) })
}, 120_000)

async function compare(concurrency: number, perKey: number, steps: Step[]): Promise<void> {
  const clock = new FakeClock()
  const limit = new Limit({
    concurrency,
    rate: { count: 1, perMs: SHARED_MS, burst: SHARED_BURST },
    keyed: { concurrency: perKey, rate: { count: 1, perMs: KEY_MS, burst: KEY_BURST } },
    clock,
  })
  const model = new Model(concurrency, perKey)
  const permits: Permit[] = []
  const held: number[] = []
  const out: number[] = []
  const gone: number[] = []
  const controllers: AbortController[] = []
  const got = (id: number, permit: Permit): void => {
    permits[id] = permit
    out.push(id)
    held.push(id)
  }
  for (const one of steps) {
    const id = controllers.length
    model.advance(STEP_MS)
    clock.advance(STEP_MS)
    switch (one.do) {
      case 'acquire': {
        const timeoutMs = one.timeoutMs === undefined ? undefined : one.timeoutMs + TIMEOUT_OFF_MS
        const caller = { id, key: one.key, cost: one.cost, until: model.now + (timeoutMs ?? Infinity) }
        const controller = new AbortController()
        controllers.push(controller)
        if (!model.tryEnter(caller)) {
          model.lines[one.key]?.push(caller)
          model.settle()
        }
        limit.acquire({ key: one.key, cost: one.cost, signal: controller.signal, timeoutMs }).then(
          (permit) => {
            got(id, permit)
          },
          () => gone.push(id),
        )
        break
      }
      case 'try': {
        controllers.push(new AbortController())
        const permit = limit.tryAcquire({ key: one.key, cost: one.cost })
        expect(permit !== undefined).toBe(model.tryEnter({ id, key: one.key, cost: one.cost, until: Infinity }))
        if (permit !== undefined) got(id, permit)
        break
      }
      case 'release': {
        const [released] = held.splice(one.which % Math.max(1, held.length), 1)
        if (released === undefined) break
        permits[released]?.release()
        model.release(released)
        break
      }
      case 'abort':
        controllers[one.which]?.abort()
        model.leave((caller) => caller.id === one.which)
        break
      case 'advance':
        model.advance(one.ms)
        clock.advance(one.ms)
        break
      case 'resize':
        limit.concurrency = one.to
        model.shared.concurrency = one.to
        model.settle()
    }
    await settled()
    expect([...out].sort((a, b) => a - b)).toEqual([...model.out].sort((a, b) => a - b))
    expect([...gone].sort((a, b) => a - b)).toEqual([...model.gone].sort((a, b) => a - b))
    expect([limit.active, limit.waiting]).toEqual([model.shared.active, model.lines.flat().length])
    if (limit.waiting === 0) expect(clock.pending).toBe(0)
  }
}
