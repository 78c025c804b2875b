import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { count, OptionError, type Run } from '@sluice/core'
import { LineTooLongError, tail, type TailOptions } from '@sluice/adapters/files'
import { map, take } from '@sluice/operators'
import { manualSink, settle, VirtualClock } from '@sluice/testing'
import { folder, type Folder } from '../../test/folder'

let at: Folder
let path: string
let clock: VirtualClock
let run: Run<unknown> | undefined
beforeEach(() => {
  at = folder()
  path = at.path('log')
  clock = new VirtualClock()
})
afterEach(async () => {
  // Some readers take nothing any more, so a stop would wait for them.
  await run?.abort()
  await run?.then(undefined, () => {})
  run = undefined
  expect(clock.pendingTimers).toBe(0)
  expect(at.openFiles()).toBe(0)
  at.remove()
})

/** Reads what there is, until it waits for the clock. */
async function resting(): Promise<void> {
  while (clock.pendingTimers === 0) await settle(1)
}

function following(options: TailOptions = {}) {
  const reader = manualSink<string>()
  reader.request(1000)
  run = tail(path, { pollMs: 100, ...options }).to(reader.sink).run({ clock })
  const next = async (...lines: string[]): Promise<void> => {
    await resting()
    // The timer is due; the reads it starts take real time, until it waits again.
    for (let polls = 0; polls < 3; polls++) {
      clock.fire(100)
      await settle(1)
      await resting()
    }
    await settle(2)
    expect(reader.values.slice(seen)).toEqual(lines)
    seen = reader.values.length
  }
  let seen = 0
  return { next, reader }
}

it('A1: gives the lines that are there, then those that come, each when its end has', async () => {
  writeFileSync(path, 'one\r\ntwo\nthr')
  const { next } = following()
  await next('one', 'two')
  await next()
  appendFileSync(path, 'ee\n')
  await next('three')
  appendFileSync(path, Buffer.from('ü').subarray(0, 1))
  await next()
  appendFileSync(path, Buffer.concat([Buffer.from('ü').subarray(1), Buffer.from('\nx')]))
  await next('ü')
})

it('A1: from the end gives what comes from then on', async () => {
  writeFileSync(path, 'one\n')
  const { next } = following({ fromEnd: true })
  await next()
  appendFileSync(path, 'two\n')
  await next('two')
})

it('survives a truncation; what was begun is a line', async () => {
  writeFileSync(path, 'one\nbegun')
  const { next } = following()
  await next('one')
  truncateSync(path)
  await next('begun')
  appendFileSync(path, 'two\n')
  await next('two')
  writeFileSync(path, '3\n')
  await next('3')
})

it('survives a rotation: the old file is read to its end, then the new one', async () => {
  writeFileSync(path, 'one\n')
  const { next } = following()
  await next('one')
  appendFileSync(path, 'two\n')
  renameSync(path, at.path('log.1'))
  appendFileSync(at.path('log.1'), 'three\nbegun')
  await next('two', 'three')
  writeFileSync(path, 'four\n')
  await next('begun', 'four')
  expect(at.openFiles()).toBe(1)
  appendFileSync(path, 'five\n')
  await next('five')
})

it('survives that it is taken away and comes back', async () => {
  writeFileSync(path, 'one\n')
  const { next } = following({ fromEnd: true })
  await next()
  rmSync(path)
  await next()
  writeFileSync(path, 'two\n')
  await next('two')
})

it('A2: behind a stopped reader nothing is read, and nobody looks', async () => {
  writeFileSync(path, 'one\ntwo\n')
  const reader = manualSink<string>()
  run = tail(path).to(reader.sink).run({ clock })
  await settle()
  expect(at.openFiles()).toBe(0)
  reader.request(1)
  while (reader.values.length === 0) await settle(1)
  expect(reader.values).toEqual(['one'])
  await settle()
  expect(clock.pendingTimers).toBe(0)
})

it('A3: no such file when it begins, and a line too long', async () => {
  await expect(tail(path).to(count()).run()).rejects.toThrow('ENOENT')
  writeFileSync(path, 'one\n' + 'x'.repeat(100))
  const seen: string[] = []
  const failing = tail(path, { maxLineLength: 10 }).pipe(map((line) => seen.push(line))).to(count()).run()
  await expect(failing).rejects.toThrow(LineTooLongError)
  expect(seen).toEqual(['one'])
})

it.each(['stop', 'abort', 'take'])('A4, A8: %s ends it at once, and closes the file', async (how) => {
  writeFileSync(path, 'one\nbegun')
  const source = tail(path, { pollMs: 1_000_000 })
  if (how === 'take') {
    expect(await source.pipe(take(1)).to(count()).run({ clock })).toBe(1)
  } else {
    const running = source.to(count()).run({ clock })
    await resting()
    if (how === 'stop') {
      expect((await running.stop()).status).toBe('completed')
      expect(await running).toBe(1)
    } else {
      await running.abort()
      await expect(running).rejects.toThrow()
    }
  }
  expect(clock.pendingTimers).toBe(0)
  expect(at.openFiles()).toBe(0)
})

it.each([{ pollMs: 0 }, { maxLineLength: 0 }, { encoding: 'x' as never }])('options that cannot work fail when the pipeline is built (%#)', (options) => {
  expect(() => tail('a', options)).toThrow(OptionError)
})
