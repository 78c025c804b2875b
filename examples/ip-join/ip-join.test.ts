import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { from, toArray } from '@sluice/core'
import { addressNumber, addressText } from './address'
import { ipJoin } from './job'
import { readOptions, UsageError } from './options'
import { joinRanges } from './range-join'
import type { Range } from './ranges'
import { balance, summary } from './summary'

let folder: string
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'sluice-ip-')) })
afterAll(async () => { await rm(folder, { recursive: true, force: true }) })

const range = (start: number, end: number, facts: string): Range<string> => ({ start, end, facts, row: { file: 'f', line: 1, fields: [] } })
/** Ascending ranges that do not overlap. */
const ranges = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { maxLength: 12 }).map((gaps) => {
  let at = 0
  return gaps.map(([gap, length], index) => {
    const start = at + gap
    at = start + length + 1
    return range(start, start + length, `r${index}`)
  })
})

it('the sweep finds the overlaps that comparing everything with everything finds', async () => {
  await fc.assert(fc.asyncProperty(ranges, ranges, async (lefts, rights) => {
    const joined = await from(lefts).pipe(joinRanges(from(rights))).to(toArray()).run()
    expect(joined.map(({ left, parts }) => [left.facts, parts])).toEqual(lefts.map((left) => [
      left.facts,
      rights.filter((right) => right.start <= left.end && right.end >= left.start)
        .map((right) => ({ start: Math.max(left.start, right.start), end: Math.min(left.end, right.end), facts: right.facts })),
    ]))
  }))
})

it('every row is either joined or rejected with its line and a reason', async () => {
  const asn = join(folder, 'asn.csv')
  const country = join(folder, 'country.csv')
  await writeFile(asn, [
    '1.0.0.0,1.0.0.255,13335,"Cloudflare, Inc."', '1.0.1.0,1.0.1.999,1,Bad address', '1.0.2.0,1.0.3.255,56041,Chinanet',
    '1.0.3.0,1.0.3.1,7,Overlapping', '1.0.4.0,1.0.3.0,8,Backwards', '1.0.8.0,1.0.8.255,notanumber,Nobody', '1.0.9.0,1.0.9.255,9', '9.0.0.0,9.0.0.255,5,Nowhere',
    '"__proto__",1.1.1.1,1,Evil',
  ].join('\n'))
  await writeFile(country, '1.0.0.0,1.0.0.255,AU\n1.0.2.0,1.0.2.255,CN\n1.0.3.0,1.0.3.127,JP\n1.0.4.0,1.0.4.255,usa\n')
  const options = { asn, country, out: folder, limit: Infinity, buffer: 1, concurrency: 2, help: false, quiet: true }
  const job = ipJoin(options)
  const run = job.pipeline.run()
  await run
  const lines = async (name: string): Promise<Record<string, unknown>[]> =>
    (await readFile(join(folder, name), 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
  expect((await lines('networks.ndjson')).map(({ start, end, country: code, asn: number }) => [start, end, code, number])).toEqual([
    ['1.0.0.0', '1.0.0.255', 'AU', 13335], ['1.0.2.0', '1.0.2.255', 'CN', 56041], ['1.0.3.0', '1.0.3.127', 'JP', 56041],
  ])
  const rejects = await lines('rejects.ndjson')
  expect(rejects.filter(({ file }) => file === asn).map(({ line, reason }) => [line, String(reason).split(':')[0]])).toEqual([
    [2, 'no IPv4 address'], [4, 'overlaps a row before it, or is out of order'], [5, 'ends (1.0.3.0) before it starts (1.0.4.0)'],
    [6, 'no AS number'], [7, 'expected 4 columns, found 3'], [9, 'no IPv4 address'], [8, 'no country is known for any of its addresses'],
  ].sort((a, b) => rejects.findIndex(({ line, file }) => file === asn && line === a[0]) - rejects.findIndex(({ line, file }) => file === asn && line === b[0])))
  expect(balance(job, options)).toEqual({ networks: 9, countries: 4, joined: 2, rejectedNetworks: 7, rejectedCountries: 1, lost: 0 })
  expect(summary(job, options, run.stats(), true)).toContain('9 networks = 2 joined + 7 rejected: nothing lost')
})

it('addresses are read strictly and written back', () => {
  expect(['1.2.3.4', '255.255.255.255', '0.0.0.0'].map((text) => addressText(addressNumber(text) as number))).toEqual(['1.2.3.4', '255.255.255.255', '0.0.0.0'])
  expect(['1.2.3', '1.2.3.256', '01.2.3.4', 'a.b.c.d', '', '1.2.3.4.5', '1e1.2.3.4'].map(addressNumber)).toEqual(Array(7).fill(undefined))
})

it.each([
  [['--limit', '0'], '--limit: expected a whole number above 0, got "0"'], [['--asn', '/no/such.csv'], '--asn: no such file: /no/such.csv'],
  [['--fast'], "Unknown option '--fast'"], [['--out', '/dev/null/x'], '--out: cannot make the folder'],
])('%j is refused with a line that says what is wrong', (args, message) => {
  expect(() => readOptions(args)).toThrow(UsageError)
  expect(() => readOptions(args)).toThrow(message)
})
