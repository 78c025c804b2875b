import { describe, expect, it } from 'vitest'
import { take } from '@sluice/operators'
import { VirtualClock } from '@sluice/testing'
import { deadLetter, forEach, paginate, retry, toArray, unfold, type DeadLetter, type OnError, type Run } from '../index'

const BOOM = new Error('boom')
/** 1, 2, 3, and then trouble, so many times. */
const troubled = (times: number, onError?: OnError<number>) => {
  const states: number[] = []
  const source = unfold(1, (n: number) => {
    states.push(n)
    if (n === 4 && times-- > 0) throw BOOM
    return n > 5 ? undefined : [n, n + 1]
  }, { onError })
  return { source, states }
}
const sumOf = (run: Run<unknown>): unknown => {
  const { read, delivered, absorbed, dropped, skipped, deadLettered, failed, abandoned } = run.stats().totals
  return { lost: read - delivered - absorbed - dropped - skipped - deadLettered - failed - abandoned, abandoned, skipped, failed, deadLettered }
}

describe('unfold', () => {
  it('R30: without onError the values before come out, then the run fails at the state', async () => {
    const run = troubled(1).source.to(toArray()).run()
    await expect(run.then()).rejects.toBe(BOOM)
    expect(run.failure).toMatchObject({ stage: 'unfold', item: 4, attempt: 1 })
    expect(sumOf(run)).toEqual({ lost: 0, abandoned: 0, skipped: 0, failed: 1, deadLettered: 0 })
  })

  it('R30: a state that is skipped ends the source, because none is known that would follow', async () => {
    const run = troubled(9, 'skip').source.to(toArray()).run()
    expect(await run).toEqual([1, 2, 3])
    expect(sumOf(run)).toEqual({ lost: 0, abandoned: 0, skipped: 1, failed: 0, deadLettered: 0 })
  })

  it('R31: a state is tried again, after its wait, and the source goes on from there', async () => {
    const clock = new VirtualClock()
    const { source, states } = troubled(2, retry({ times: 3, delayMs: 50, factor: 1, jitter: 0 }))
    const run = source.to(toArray()).run({ clock })
    await clock.advance(99)
    expect(states).toEqual([1, 2, 3, 4, 4])
    expect(await clock.runOut(run)).toEqual([1, 2, 3, 4, 5])
    expect(states).toEqual([1, 2, 3, 4, 4, 4, 5, 6])
    expect(sumOf(run)).toEqual({ lost: 0, abandoned: 0, skipped: 0, failed: 0, deadLettered: 0 })
  })

  it('R31: the tries of one state are no tries of the next', async () => {
    const attempts: number[] = []
    let calls = 0
    const source = unfold(0, (n: number) => {
      if (++calls % 2 === 1) throw BOOM
      return n > 2 ? undefined : [n, n + 1]
    }, { onError: (_error, _state, attempt) => { attempts.push(attempt); return { retryAfterMs: 0 } } })
    expect(await source.to(toArray()).run()).toEqual([0, 1, 2])
    expect(attempts).toEqual([1, 1, 1, 1])
  })

  it('R33: a dead letter has the state', async () => {
    const letters: DeadLetter<number>[] = []
    const run = troubled(9, deadLetter<number>(forEach((letter) => { letters.push(letter) }))).source.pipe(take(9)).to(toArray()).run()
    expect(await run).toEqual([1, 2, 3])
    expect(letters).toMatchObject([{ item: 4, error: BOOM, stage: 'unfold', position: 0, path: ['unfold'] }])
    expect(sumOf(run)).toMatchObject({ lost: 0, abandoned: 0, deadLettered: 1 })
  })

  it('R31: a wait ends with the run', async () => {
    const clock = new VirtualClock()
    const run = troubled(9, retry({ times: 3, delayMs: 1e6 })).source.to(toArray()).run({ clock })
    await clock.advance(1)
    expect(clock.pendingTimers).toBe(1)
    await run.stop()
    expect([await run, clock.pendingTimers]).toEqual([[1, 2, 3], 0])
  })

  it('O13: refuses an onError that is no policy', () => {
    expect(() => troubled(0, 'ignore' as never)).toThrow("unfold: onError must be 'fail'")
  })
})

it.each<OnError<number>>(['skip', 'fail'])('R62: a page that could not be fetched counts once, as %s', async (onError) => {
  const run = paginate<number, number>(0, async (page) => {
    if (page === 1) throw BOOM
    return { items: [1, 2], next: page + 1 }
  }, { onError }).to(toArray()).run()
  await run.then(() => {}, () => {})
  expect(sumOf(run)).toMatchObject({ lost: 0, abandoned: 0, skipped: onError === 'skip' ? 1 : 0, failed: onError === 'fail' ? 1 : 0 })
})
