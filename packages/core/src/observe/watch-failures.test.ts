import { beforeAll, describe, expect, it } from 'vitest'
import { unhandledRejections } from '../../../../test/unhandled-rejections'
import { catchError, map, mapAsync } from '@sluice/operators'
import { VirtualClock } from '@sluice/testing'
import { deadLetter, drain, forEach, from, OptionError, paginate, retry, toArray, watchFailures, type ItemFailure, type Run } from '../index'
import { captureSites } from '../site/capture'

const BOOM = new Error('boom')
const odd = (n: number): number => { if (n % 2 === 1) throw BOOM; return n }

function toldOf(run: Run<unknown>): { told: ItemFailure[]; end: () => void } {
  const told: ItemFailure[] = []
  return { told, end: watchFailures(run, (failure) => { told.push(failure) }) }
}
const short = ({ stage, item, attempt, fate, retryAfterMs }: ItemFailure): unknown[] => [stage, item, attempt, fate, retryAfterMs]

describe('R84: whoever watches failures', () => {
  // Many files of tests may share a process, and what it may spend on places.
  beforeAll(() => {
    const before = captureSites('every')
    return () => { captureSites(before) }
  })

  it('is told of items that are skipped: stage, way, place, item, error and attempt', async () => {
    const run = from([1, 2, 3]).pipe(map(odd, { name: 'odd', onError: 'skip' })).to(toArray()).run()
    const { told } = toldOf(run)
    expect(await run).toEqual([2])
    expect(told.map(short)).toEqual([['odd', 1, 1, 'skipped', null], ['odd', 3, 1, 'skipped', null]])
    expect(told[0]).toMatchObject({ position: 1, path: ['from', 'odd'], error: BOOM, site: expect.any(String) })
  })

  it('is told of each next try, and of the letter when it is written', async () => {
    const clock = new VirtualClock()
    const letters: unknown[] = []
    const slow = forEach(async (letter: unknown) => { await clock.sleep(5); letters.push(letter) })
    const run = from([1, 2]).pipe(mapAsync(async (n: number) => odd(n), { concurrency: 1, name: 'call', onError: retry({ times: 2, delayMs: 10, jitter: 0, then: deadLetter(slow) }) })).to(drain()).run({ clock })
    const { told } = toldOf(run)
    await clock.advance(100)
    await run
    expect(told.map(short)).toEqual([['call', 1, 1, 'retried', 10], ['call', 1, 2, 'retried', 20], ['call', 1, 3, 'deadLettered', null]])
    expect(letters).toHaveLength(1)
  })

  it('is told once of what fails a stage, whether the run recovers from it or not', async () => {
    const recovered = from([1]).pipe(map(odd, { name: 'odd' }), catchError(() => [0])).to(toArray()).run()
    const { told } = toldOf(recovered)
    expect(await recovered).toEqual([0])
    expect(told.map(short)).toEqual([['odd', 1, 1, 'failed', null]])
    const failed = from([1]).pipe(mapAsync(async (n: number) => odd(n), { concurrency: 1, name: 'call', onError: retry({ times: 1, delayMs: 0 }) })).to(drain()).run()
    const other = toldOf(failed)
    await expect(Promise.resolve(failed)).rejects.toBe(BOOM)
    expect(other.told.map(short)).toEqual([['call', 1, 1, 'retried', 0], ['call', 1, 2, 'failed', null]])
  })

  it('is told of sinks and of sources that ask again', async () => {
    const run = paginate(7, async () => { throw BOOM }, { name: 'pages', onError: 'skip' }).to(drain()).run()
    const { told } = toldOf(run)
    await Promise.resolve(run).catch(() => {})
    expect(told).toMatchObject([{ stage: 'pages', fate: 'skipped', error: BOOM }])
    const sunk = from([1, 2]).to(forEach(odd, { name: 'table', onError: 'skip' })).run()
    const other = toldOf(sunk)
    await sunk
    expect(other.told.map(short)).toEqual([['table', 1, 1, 'skipped', null]])
  })

  it('sees of an item what the redact of the run leaves', async () => {
    const run = from([1, 3]).pipe(map(odd, { onError: 'skip' })).to(drain()).run({ redact: (item) => { if (item === 3) throw new Error('no'); return 'hidden' } })
    const { told } = toldOf(run)
    await run
    expect(told.map(({ item }) => item)).toEqual(['hidden', undefined])
  })

  it('is one of several, is told nothing after its end, and fails no run', async () => {
    const thrown = new Error('watcher')
    const run = from([1, 2, 3]).pipe(map(odd, { onError: 'skip' })).to(toArray()).run()
    const gone = toldOf(run)
    const { told } = toldOf(run)
    const rejections = await unhandledRejections(async () => {
      const end = watchFailures(run, () => { end(); throw thrown })
      gone.end()
      gone.end()
      expect(await run).toEqual([2])
    })
    expect([gone.told.length, told.length, rejections]).toEqual([0, 2, [thrown]])
    expect(() => watchFailures(run, 1 as never)).toThrow(OptionError)
    expect(() => watchFailures({} as never, () => {})).toThrow('watchFailures: expected a run')
  })
})
