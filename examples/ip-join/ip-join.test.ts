import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { from, toArray } from 'sluice'
import { addressNumber } from './address'
import { actual, difference, expected } from './check'
import type { Entry, Range } from './entry'
import { csvFields } from './fields'
import { ipJoin } from './job'
import { readOptions, UsageError, type Options } from './options'
import { START } from './position'
import { balance, filesOf, reasons, writeChart, writeRejects } from './results'
import { begin, finish, left } from './state'
import { sweep } from './sweep'

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'sluice-ip-')) })
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })
const shipped = (...args: string[]): Options => readOptions(['--out', join(folder, 'out'), ...args])

/** Runs the job to its end, or stops it after so many transactions. */
async function run(options: Options, stopAfterRows = Infinity) {
  const files = filesOf(options.out)
  const state = await begin(files.database, options, options.fresh)
  const running = ipJoin(options, state).pipeline.run()
  if (stopAfterRows < Infinity) {
    while ((running.stats().stages.find(({ name }) => name === 'sweep')?.out ?? 0) < stopAfterRows) await new Promise((resolve) => setImmediate(resolve))
    await running.stop()
  }
  await running
  await writeRejects(state.db, files.rejects)
  await writeChart(state.totals, files.chart)
  const at = (await left(state.db))?.at ?? START
  const told = { says: state.says, at, balance: await balance(state.db, at), reasons: await reasons(state.db), totals: state.totals }
  finish(state.db)
  return {
    ...told,
    // echarts numbers its classes through the whole process.
    chart: readFileSync(files.chart, 'utf8').replace(/zr\d+-cls-\d+/g, 'class'),
    rejects: readFileSync(files.rejects, 'utf8'), held: await actual(files.database),
  }
}

/** Ascending ranges that do not overlap. */
const ranges = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { maxLength: 12 }).map((gaps) => {
  let at = 0
  return gaps.map(([gap, length], index): Range => {
    const start = at + gap
    at = start + length + 1
    return { start, end: start + length, line: index + 1, fact: `r${index}`, organisation: '', text: '' }
  })
})
const entry = (file: Entry['row']['file']) => (range: Range): Entry => ({ row: { file, line: range.line, text: '' }, at: range.start, range, reason: '' })

it('the sweep finds the overlaps that comparing everything with everything finds, also when it goes on from any event', async () => {
  await fc.assert(fc.asyncProperty(ranges, ranges, fc.nat(), async (networks, countries, where) => {
    const entries = [...networks.map(entry('networks')), ...countries.map(entry('countries'))].sort((a, b) => a.at - b.at)
    const events = await from(entries).pipe(sweep(START, Infinity)).to(toArray()).run()
    expect(events.map((event) => [event.kind, ...(event.kind === 'resolved' ? [event.network.fact, event.parts] : event.kind === 'unresolved' ? [event.network.fact] : [])])).toEqual([
      ...networks.map((network) => {
        const parts = countries.filter((country) => country.start <= network.end && country.end >= network.start)
          .map((country) => ({ start: Math.max(network.start, country.start), end: Math.min(network.end, country.end), country: country.fact }))
        return parts.length > 0 ? ['resolved', network.fact, parts] : ['unresolved', network.fact]
      }),
      ['finished'],
    ])
    const { at } = events[where % events.length] as (typeof events)[number]
    const rest = entries.filter(({ row }) => row.line > at[row.file].rows)
    const goneOn = at.finished ? [] : await from(rest).pipe(sweep(JSON.parse(JSON.stringify(at)) as typeof at, Infinity)).to(toArray()).run()
    expect(goneOn).toEqual(events.slice(at.events))
  }))
})

it('A12: what the database cannot hold is a reject: NUL characters, bytes that are no text, lines beyond measure', async () => {
  const asn = join(folder, 'asn-binary.csv')
  const country = join(folder, 'country-binary.csv')
  writeFileSync(asn, Buffer.concat([
    Buffer.from('1.0.0.0,1.0.0.255,13335,Cloudflare\n1.0.1.0,1.0.1.255,13336,Bad\0Org\n'), Buffer.from([0xff, 0xfe, 0, 10]),
    Buffer.from(`1.0.2.0,1.0.2.255,7,${'x'.repeat(3_000_000)}\n1.0.4.0,1.0.4.255,5,\u{1f600}\r\n`),
  ]))
  writeFileSync(country, '1.0.0.0,1.0.7.255,AU\nx\0y\n')
  for (const fresh of [true, false]) {
    const { balance: rows, rejects, held } = await run({ ...shipped('--asn', asn, '--country', country, '--out', join(folder, 'binary')), fresh })
    expect(rows).toMatchObject({ networks: 5, joined: 2, rejected: 3, rejectedCountries: 1, lost: 0 })
    const told = rejects.trim().split('\n').map((line) => JSON.parse(line) as { file: string; line: number; reason: string; text: string })
    expect(told.map(({ file, line, reason }) => [file, line, reason])).toEqual([
      ['countries', 2, 'a NUL character, which no text of the database can hold'], ['networks', 2, 'a NUL character, which no text of the database can hold'],
      ['networks', 3, 'a NUL character, which no text of the database can hold'], ['networks', 4, 'longer than 10000 characters'],
    ])
    expect(told[1]?.text).toBe('1.0.1.0,1.0.1.255,13336,Bad\u2400Org')
    expect(told[3]?.text.length).toBe(1001)
    expect(held.networks).toHaveLength(2)
  }
}, 60_000)

it('every row is either joined or rejected with its line and a reason', async () => {
  const asn = join(folder, 'asn.csv')
  const country = join(folder, 'country.csv')
  writeFileSync(asn, [
    '1.0.0.0,1.0.0.255,13335,"Cloudflare, Inc."', '1.0.1.0,1.0.1.999,1,Bad address', '1.0.2.0,1.0.3.255,56041,"China ""net"""', '1.0.3.0,1.0.3.1,7,Overlapping',
    '1.0.4.0,1.0.3.0,8,Backwards', '1.0.8.0,1.0.8.255,notanumber,Nobody', '1.0.9.0,1.0.9.255,9', '9.0.0.0,9.0.0.255,5,Nowhere', '"__proto__",1.1.1.1,1,Evil', '9.1.0.0,9.1.0.1,3,"open',
  ].join('\n'))
  writeFileSync(country, '1.0.0.0,1.0.0.255,AU\r\n1.0.2.0,1.0.2.255,CN\r\n1.0.3.0,1.0.3.127,JP\r\n1.0.4.0,1.0.4.255,usa\r\n')
  const { held, rejects, balance: rows, at, totals } = await run(shipped('--asn', asn, '--country', country, '--out', join(folder, 'small'), '--concurrency', '2', '--batch', '2', '--buffer', '1'))
  const number = (address: string): number => addressNumber(address) as number
  expect(held.networks.map((row) => JSON.parse(row) as unknown)).toEqual([
    [number('1.0.0.0'), number('1.0.0.255'), 'AU', 13335, 'Cloudflare, Inc.', 1],
    [number('1.0.2.0'), number('1.0.2.255'), 'CN', 56041, 'China "net"', 3],
    [number('1.0.3.0'), number('1.0.3.127'), 'JP', 56041, 'China "net"', 3],
  ])
  expect(rejects.trim().split('\n').map((line) => JSON.parse(line) as unknown)).toEqual([
    { file: 'countries', line: 4, reason: 'no country code: "usa"', text: '1.0.4.0,1.0.4.255,usa' },
    { file: 'networks', line: 2, reason: 'no IPv4 address: "1.0.1.999"', text: '1.0.1.0,1.0.1.999,1,Bad address' },
    { file: 'networks', line: 4, reason: 'overlaps a row before it, or is out of order: 1.0.3.0', text: '1.0.3.0,1.0.3.1,7,Overlapping' },
    { file: 'networks', line: 5, reason: 'ends (1.0.3.0) before it starts (1.0.4.0)', text: '1.0.4.0,1.0.3.0,8,Backwards' },
    { file: 'networks', line: 6, reason: 'no AS number: "notanumber"', text: '1.0.8.0,1.0.8.255,notanumber,Nobody' },
    { file: 'networks', line: 7, reason: 'expected 4 columns, found 3', text: '1.0.9.0,1.0.9.255,9' },
    { file: 'networks', line: 8, reason: 'no country is known for any of its addresses', text: '9.0.0.0,9.0.0.255,5,Nowhere' },
    { file: 'networks', line: 9, reason: 'no IPv4 address: "__proto__"', text: '"__proto__",1.1.1.1,1,Evil' },
    { file: 'networks', line: 10, reason: 'wrong quotes', text: '9.1.0.0,9.1.0.1,3,"open' },
  ])
  expect(rows).toEqual({ networks: 10, joined: 2, rejected: 8, countries: 4, rejectedCountries: 1, parts: 3, lost: 0 })
  expect([at.finished, totals.addresses, totals.countries.get('JP')]).toEqual([true, 640, 128])
})

it('of all 746,334 rows of the real files the database holds exactly what an independent check expects', async () => {
  const options = shipped('--out', join(folder, 'all'))
  const { held, balance: rows } = await run(options)
  expect(difference(expected(options.asn, options.country), held)).toBe(undefined)
  expect(rows).toMatchObject({ networks: 411_961, countries: 334_373, lost: 0 })
}, 240_000)

it('stopped in the middle, as often as you like, it goes on exactly: nothing is rejected because of the stop', async () => {
  const whole = await run(shipped('--rows', '30000', '--out', join(folder, 'whole')))
  const options = shipped('--rows', '30000', '--out', join(folder, 'stopped'))
  for (const rows of [1, 3000, 9000]) {
    const stopped = await run(options, rows)
    expect(stopped.at.finished).toBe(false)
    expect(stopped.balance.lost).toBe(0)
    expect(whole.held.networks.slice(0, stopped.held.networks.length)).toEqual(stopped.held.networks)
  }
  const { says, ...last } = await run(options)
  expect(says).toMatch(/^Going on behind row [\d,]+ of the networks/)
  expect({ ...last, says: whole.says }).toEqual(whole)
  expect((await run(options)).says).toBe('Beginning anew: the last run is complete.')
}, 60_000)

it('what was left of other rows or files is not gone on from, nor what --fresh gives up', async () => {
  const out = ['--out', join(folder, 'other')]
  await run(shipped('--rows', '9000', ...out), 100)
  expect((await run(shipped('--rows', '9001', ...out), 100)).says).toBe('Beginning anew: what was left there is of other files or rows.')
  expect((await run(shipped('--rows', '9001', '--fresh', ...out))).says).toBe('Beginning anew.')
}, 60_000)

it('a line is taken apart, or refused, as csv-parse does it', () => {
  const line = fc.string({ unit: fc.constantFrom('a', '"', ',', ' ', 'ü'), minLength: 1, maxLength: 12 })
  const theirs = (text: string): unknown => {
    try {
      return (parse(text) as unknown[])[0]
    } catch {
      return undefined
    }
  }
  fc.assert(fc.property(line, (text) => { expect(csvFields(text)).toEqual(theirs(text)) }), { numRuns: 2000, examples: [['"a""b",c'], ['"",""'], ['a,'], [','], ['"a" ,b']] })
})

it('addresses are read strictly', () => {
  expect(['1.2.3.4', '255.255.255.255', '0.0.0.0'].map(addressNumber)).toEqual([16_909_060, 4_294_967_295, 0])
  expect(['1.2.3', '1.2.3.256', '01.2.3.4', 'a.b.c.d', '', '1.2.3.4.5', '1e1.2.3.4', '1.2.3.4.', '1..2.3', ' 1.2.3.4', '00.1.1.1'].map(addressNumber)).toEqual(Array(11).fill(undefined))
})

it.each([
  [['--rows', '0'], '--rows: expected a whole number above 0, got "0"'], [['--asn', '/no/such.csv'], '--asn: no such file: /no/such.csv'],
  [['--fast'], "Unknown option '--fast'"], [['--out', '/dev/null/x'], '--out: cannot make the folder'],
])('%j is refused with a line that says what is wrong', (args, message) => {
  expect(() => readOptions(args)).toThrow(UsageError)
  expect(() => readOptions(args)).toThrow(message)
})
