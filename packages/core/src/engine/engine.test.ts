import { describe, expect, it } from 'vitest'
import { map, filter } from '@sluice/operators'
import { checked, manualSource, ruleBreakingSource, settle, VIOLATIONS, VirtualClock } from '@sluice/testing'
import { count, drain, forEach, from, ProtocolError, range, reduce, toArray } from '../index'
import { SharedTicket } from './shares'
import { SliceScheduler, source, type Task } from '../authoring'

describe('a stage that breaks the protocol', () => {
  it.each(VIOLATIONS)('R20: %s', async (violation) => {
    const outcome = await ruleBreakingSource(violation).pipe(checked()).to(toArray()).run().then((values) => values, (error: unknown) => error)
    if (['more than asked for', 'fraction', 'not a number', 'below DONE'].includes(violation)) {
      expect(outcome).toBeInstanceOf(ProtocolError)
      expect((outcome as Error).message).toMatch(/^ruleBreaking: pull\(limit \d+\) answered/)
    } else if (violation.endsWith('throws')) {
      expect((outcome as Error).message).toBe(violation)
    } else {
      expect(outcome).toEqual(violation === 'values after the end' ? [1] : [2, 4, 6])
    }
  })

  it('R20: a pull inside a pull is refused by name', async () => {
    const self: { pull?: () => number } = {}
    const nested = source<number>('nested', () => ({
      pull(into) {
        self.pull?.()
        into[0] = 1
        return 1
      },
    }))
    const run = nested.to({
      name: 'sink',
      open: (scope, stage) => {
        const outlet = stage.open(nested)
        self.pull = () => outlet.pull([], 1)
        return { write() {}, end() {} }
      },
    }).run()
    await expect(run).rejects.toThrow(/pulled while it was being pulled|Maximum call stack/)
  })
})

describe('the scheduler', () => {
  const clockOf = (step: number) => {
    let now = 0
    return { now: () => (now += step), after: () => () => {} }
  }

  it('R21: hands over to timers when a slice is used up, and goes on afterwards', async () => {
    const scheduler = new SliceScheduler(clockOf(3))
    const log: string[] = []
    const task: Task = { run() { log.push('run'); if (log.filter((entry) => entry === 'run').length < 40) scheduler.enqueue(task) } }
    void settle(1).then(() => log.push('immediate'))
    scheduler.enqueue(task)
    await settle(50)
    expect(log.indexOf('immediate')).toBeGreaterThan(0)
    expect(log.indexOf('immediate')).toBeLessThan(log.length - 1)
    expect(log.filter((entry) => entry === 'run')).toHaveLength(40)
  })

  it('R21: starts with one value at a time and asks for more as they prove cheap', async () => {
    const batchesOf = async (step: number): Promise<number[]> => {
      const scheduler = new SliceScheduler(clockOf(step))
      const batches: number[] = []
      scheduler.enqueue({
        run() {
          while (batches.length < 12) {
            batches.push(scheduler.batch)
            scheduler.spent(scheduler.batch)
          }
        },
      })
      await settle(2)
      return batches
    }
    expect(await batchesOf(0.0001)).toEqual([1, 2, 4, 8, 16, 32, 64, 64, 64, 64, 64, 64])
    expect(await batchesOf(5)).toEqual(Array(12).fill(1))
  })

  it('R21: tasks that wake each other without end do not grow the list without end', async () => {
    const scheduler = new SliceScheduler()
    let runs = 0
    const one: Task = { run() { if (++runs < 200_000) scheduler.enqueue(two) } }
    const two: Task = { run() { if (++runs < 200_000) scheduler.enqueue(one) } }
    scheduler.enqueue(one)
    for (let i = 0; i < 200 && runs < 200_000; i++) await settle(1)
    expect(runs).toBe(200_000)
  })

  it('R21: a timer is let in while a synchronous chain has much to do', async () => {
    let ticks = 0
    const timer = setInterval(() => ticks++, 1)
    await range(0, 3_000_000).pipe(map((n) => n + 1), filter((n) => n % 2 === 0)).to(reduce((sum, n) => sum + n, 0)).run()
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(0)
  })
})

describe('time accounting', () => {
  it('R22: busy, idle and backpressured add up to the time that has passed', async () => {
    const clock = new VirtualClock()
    const probe = manualSource<number>()
    const run = probe.source.to(forEach(() => clock.sleep(100))).run({ clock })
    await clock.advance(50)
    probe.emit(1, 2)
    await clock.advance(250)
    const time = run.stats().stages.at(-1)?.time
    expect(time).toEqual({ workingMs: 0, callingMs: 200, limitedMs: 0, idleMs: 100, backpressuredMs: 0, blockedMs: 0 })
    probe.end()
    await run
  })

  it('R22: many short turns are estimated, and still add up', async () => {
    // Goes on with every look, by less than a turn that is timed by itself; real clocks of pages are too coarse to tell.
    let now = 0
    const clock = { now: () => (now += 0.001), after: () => () => {} }
    const run = from((async function* () { for (let i = 0; i < 5000; i++) yield i })()).to(drain()).run({ clock })
    await run
    const { stages, elapsedMs } = run.stats()
    const time = stages.at(-1)?.time
    expect(Object.values<number>({ ...time }).reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(elapsedMs * 0.9)
    expect(time?.workingMs).toBeGreaterThan(0)
  })
})

describe('stats and graph', () => {
  it('R23: tell every stage with its place, its counts and who drives it', async () => {
    const run = range(1, 4).pipe(map((n) => n), filter((n) => n > 1), map((n) => n)).to(count()).run({ name: 'job' })
    await run
    const { name, status, stages } = run.stats()
    expect([name, status]).toEqual(['job', 'completed'])
    expect(stages.map(({ id, kind, position, in: taken, out }) => [id, kind, position, taken, out])).toEqual([
      ['range', 'source', 0, 0, 4], ['map', 'operator', 1, 4, 4], ['filter', 'operator', 2, 4, 3], ['map#2', 'operator', 3, 3, 3], ['count', 'sink', 4, 3, 3],
    ])
    expect(run.graph().edges).toEqual([{ from: 'range', to: 'map' }, { from: 'map', to: 'filter' }, { from: 'filter', to: 'map#2' }, { from: 'map#2', to: 'count' }])
    expect(new Set(run.graph().nodes.map(({ driver }) => driver))).toEqual(new Set(['count']))
  })
})

describe('a ticket', () => {
  it('T5: reports once, the worst it was told, when its last share is settled', () => {
    const log: unknown[] = []
    const ticket = new SharedTicket((status, error) => log.push([status, error]))
    ticket.split(2)
    ticket.ack()
    ticket.nack('why')
    expect(log).toEqual([])
    ticket.ack()
    ticket.ack()
    ticket.nack('late')
    ticket.split(1)
    expect(log).toEqual([['nack', 'why']])
  })
})
