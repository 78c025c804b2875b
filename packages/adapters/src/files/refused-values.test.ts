import { readFileSync, existsSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { DONE, source, type Tickets } from '@sluice/core/authoring'
import { deadLetter, forEach, from, retry, type DeadLetter, type OnError, type Sink } from '@sluice/core'
import { writeCsv, writeLines, writeNdjson } from '@sluice/adapters/files'
import { settle, VirtualClock } from '@sluice/testing'
import { folder, type Folder } from '../../test/folder'

let place: Folder
let written = 0
beforeAll(() => { place = folder() })
afterAll(() => { place.remove() })
const fresh = (): string => place.path(`${written++}.txt`)

/** Values with tickets, as many at once as are asked for. */
function ticketed(values: readonly unknown[]) {
  const settlements: number[] = []
  const statuses: string[] = []
  const settled = (index: number, status: string): void => {
    settlements[index] = (settlements[index] ?? 0) + 1
    statuses[index] = status
  }
  return {
    settlements, statuses,
    source: source<unknown>('ticketed', () => {
      const tickets: Tickets = []
      let at = 0
      return {
        tickets,
        pull(into, limit) {
          let count = 0
          for (; count < limit && at < values.length; at++) {
            const index = at
            settlements[index] = 0
            tickets[count] = { split() {}, ack() { settled(index, 'ack') }, nack() { settled(index, 'nack') } }
            into[count++] = values[index]
          }
          return count || DONE
        },
      }
    }),
  }
}

type Write = (path: string, onError: OnError<unknown>) => Sink<never, object>
/** Sinks of files, with a value that each can write and one that it cannot; `text` is what is read of the good ones. */
const sinks: Record<string, { make: Write; good: (n: number) => unknown; bad: () => unknown; text: (ns: readonly number[]) => string }> = {
  writeLines: { make: (path, onError) => writeLines(path, { onError }), good: (n) => `line ${n}`, bad: () => 'two\nlines', text: (ns) => ns.map((n) => `line ${n}\n`).join('') },
  writeNdjson: { make: (path, onError) => writeNdjson(path, { onError }), good: (n) => ({ n }), bad: () => ({ big: 1n }), text: (ns) => ns.map((n) => `{"n":${n}}\n`).join('') },
  writeCsv: { make: (path, onError) => writeCsv(path, { columns: ['n'], onError }), good: (n) => ({ n }), bad: () => 7, text: (ns) => ['n', ...ns].map((line) => `${line}\n`).join('') },
}

describe.each(Object.entries(sinks))('%s', (_, { make, good, bad, text }) => {
  it('A19: values that cannot be written are left out, the others are in the file in order, and each ticket is settled once', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), async (isGood) => {
      const path = fresh()
      const tracked = ticketed(isGood.map((fine, n) => (fine ? good(n) : bad())))
      const run = tracked.source.to(make(path, 'skip')).run()
      await run
      const expected = isGood.flatMap((fine, n) => (fine ? [n] : []))
      expect(readFileSync(path, 'utf8')).toBe(text(expected))
      expect(tracked.settlements).toEqual(isGood.map(() => 1))
      expect(tracked.statuses).toEqual(isGood.map(() => 'ack'))
    }), { numRuns: 30 })
  })

  it('R62: plain values are counted by what became of them', async () => {
    const run = from([good(0), bad(), good(2), bad()]).to(make(fresh(), 'skip')).run()
    await run
    expect(run.stats().totals).toMatchObject({ read: 4, delivered: 2, skipped: 2, failed: 0, abandoned: 0 })
  })

  it('R33: a dead letter has the value', async () => {
    const letters: DeadLetter[] = []
    const path = fresh()
    const value = bad()
    await from([good(0), value, good(2)]).to(make(path, deadLetter(forEach<DeadLetter>((letter) => { letters.push(letter) })))).run()
    expect(letters).toMatchObject([{ item: value, attempt: 1 }])
    expect(readFileSync(path, 'utf8')).toBe(text([0, 2]))
  })

  it('R31: a value is tried again, and fails in the end with its attempt; those behind it are given back', async () => {
    const clock = new VirtualClock()
    const tracked = ticketed(Array.from({ length: 200 }, (_, n) => (n === 9 ? bad() : good(n))))
    const path = fresh()
    const attempts: number[] = []
    const onError: OnError<unknown> = (_error, _item, attempt) => { attempts.push(attempt); return attempt < 3 ? { retryAfterMs: 10 } : 'fail' }
    const run = tracked.source.to(make(path, onError)).run({ clock })
    await expect(clock.runOut(run.then())).rejects.toThrow()
    expect(attempts).toEqual([1, 2, 3])
    expect(run.failure?.item).toEqual(bad())
    // How many were read behind it depends on how large the batches were by then.
    expect(tracked.settlements.length).toBeGreaterThanOrEqual(10)
    expect([new Set(tracked.settlements), existsSync(path)]).toEqual([new Set([1]), false])
    expect(new Set(tracked.statuses)).toEqual(new Set(['nack']))
  })

  it('R31: a run that ends while a value waits for its next try gives all back, and leaves no timer', async () => {
    const clock = new VirtualClock()
    const tracked = ticketed(Array.from({ length: 200 }, (_, n) => (n === 9 ? bad() : good(n))))
    const path = fresh()
    const run = tracked.source.to(make(path, retry({ times: 3, delayMs: 1e6 }))).run({ clock })
    while (clock.pendingTimers === 0) await settle(1)
    await run.abort().then(() => {}, () => {})
    await settle()
    // How many were read behind it depends on how large the batches were by then.
    expect(tracked.settlements.length).toBeGreaterThanOrEqual(10)
    expect([new Set(tracked.settlements), clock.pendingTimers, existsSync(path)]).toEqual([new Set([1]), 0, false])
    expect(tracked.statuses).not.toContain('ack')
  })

  it('O13: refuses an onError that is no policy', () => {
    expect(() => make(fresh(), 'ignore' as never)).toThrow(/onError must be 'fail'/)
  })
})
