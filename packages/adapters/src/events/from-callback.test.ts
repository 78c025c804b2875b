import { expect, it } from 'vitest'
import { count, OptionError, toArray } from '@sluice/core'
import { sink } from '@sluice/core/authoring'
import { fromCallback } from '@sluice/adapters/events'
import { take } from '@sluice/operators'
import { settle } from '@sluice/testing'
import { overflowLaws } from '../../test/overflow-laws'
import { passageLaws } from '../../test/passage-laws'

const ALL = { capacity: 1000, overflow: 'fail' } as const
const BOOM = new Error('boom')

for (const { name, run } of passageLaws({
  name: 'fromCallback',
  open() {
    let registered = 0
    let push = (_value: unknown): void => {}
    let end = (): void => {}
    return {
      source: fromCallback((...given) => {
        registered++
        ;[push, end] = given
        return () => { registered-- }
      }, ALL),
      sink: sink('calling', () => ({
        write(values, size) { for (let i = 0; i < size; i++) push(values[i]) },
        end() { end() },
      })),
      held: () => registered,
    }
  },
})) it(name, run)

for (const { name, run } of overflowLaws({
  name: 'fromCallback',
  open(options) {
    let push = (_value: unknown): void => {}
    let end = (): void => {}
    return { source: fromCallback((...given) => { [push, end] = given }, options), push: (value) => { push(value) }, end: () => { end() } }
  },
})) it(name, run)

it('A1: what is pushed at once, and an end at once, come through; the cleanup is called all the same', async () => {
  let cleaned = 0
  const source = fromCallback<number>((push, end) => {
    push(1)
    push(2)
    end()
    push(3)
    return () => { cleaned++ }
  }, ALL)
  expect(await source.to(toArray()).run()).toEqual([1, 2])
  expect(await source.to(toArray()).run()).toEqual([1, 2])
  expect(cleaned).toBe(2)
})

it('A3: fail delivers what was pushed, then the same error', async () => {
  const seen: number[] = []
  const run = fromCallback<number>((push, _end, fail) => {
    push(1)
    fail(BOOM)
    fail(new Error('too late'))
  }, ALL).to(sink('seen', () => ({ write(values) { seen.push(values[0] as number) }, end() {} }))).run()
  await expect(run).rejects.toBe(BOOM)
  expect(run.failure?.suppressed).toEqual([])
  expect(seen).toEqual([1])
})

it('A3: register that throws fails the run', async () => {
  await expect(fromCallback(() => { throw BOOM }, ALL).to(count()).run()).rejects.toBe(BOOM)
})

it.each(['end', 'abort', 'take', 'stop', 'fail'])('A4: an asynchronous cleanup is awaited, at %s', async (how) => {
  let cleaned = false
  let calls: ((value: number) => void)[] = []
  const source = fromCallback<number>((push, end, fail) => {
    calls = [push, end, () => { fail(BOOM) }]
    return async () => {
      await settle(3)
      cleaned = true
    }
  }, ALL)
  const run = (how === 'take' ? source.pipe(take(1)) : source).to(count()).run()
  await settle(1)
  if (how === 'take') calls[0]?.(1)
  if (how === 'end') calls[1]?.(0)
  if (how === 'fail') calls[2]?.(0)
  if (how === 'abort') void run.abort()
  if (how === 'stop') void run.stop()
  await run.then(undefined, () => {})
  expect(cleaned).toBe(true)
})

it('A7: a cleanup that fails is the failure of the run, and none of who ended it', async () => {
  for (const failing of [() => { throw BOOM }, () => Promise.reject(BOOM)]) {
    let end = (): void => {}
    const run = fromCallback<number>((_push, ending) => {
      end = ending
      return failing
    }, ALL).to(count()).run()
    await settle(1)
    expect(() => { end() }).not.toThrow()
    await expect(run).rejects.toBe(BOOM)
  }
})

it('options that cannot work fail when the pipeline is built', async () => {
  expect(() => fromCallback(3 as never, ALL)).toThrow(OptionError)
  expect(() => fromCallback(() => {}, { capacity: 1, overflow: 'wait' as never })).toThrow(OptionError)
  await expect(fromCallback((() => 3) as never, ALL).to(count()).run()).rejects.toThrow(OptionError)
})
