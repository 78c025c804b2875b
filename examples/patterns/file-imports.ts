/**
 *   north.csv ────┐
 *   south.csv.gz ─┼──▶ 2 open at once ──▶ parse ──▶ totals ──▶ report.txt
 *   west.csv ─────┘                         └──▶ rejects
 *
 * Many files, one report. Files are opened as the consumer gets to them and read as fast as it counts: neither a file nor
 * the list of rows is ever in memory, and a bad row costs itself, not the import.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { readLines, writeLines } from '@sluice/adapters/files'
import { deadLetter, type DeadLetter, forEach, from, map, mergeMap } from 'sluice'

const folder = await mkdtemp(join(tmpdir(), 'sluice-patterns-'))
const rows = (...products: string[]): string => products.map((product, n) => `${product},${n + 1}\n`).join('')
await writeFile(join(folder, 'north.csv'), rows('tea', 'milk', 'tea'))
await writeFile(join(folder, 'south.csv.gz'), gzipSync(rows('milk', 'milk', 'bread')))
await writeFile(join(folder, 'west.csv'), `${rows('bread', 'tea')}tea,many\n`)

function parse(line: string): { product: string; pieces: number } {
  const [product = '', pieces] = line.split(',')
  if (!Number.isInteger(Number(pieces))) throw new Error('pieces is no number')
  return { product, pieces: Number(pieces) }
}

const rejects: string[] = []
const reject = deadLetter<string>(forEach(({ item, error }: DeadLetter<string>) => { rejects.push(`${item}: ${String(error)}`) }))

const totals = new Map<string, number>()
await from(['north.csv', 'south.csv.gz', 'west.csv']).pipe(
  mergeMap((file) => readLines(join(folder, file)), { concurrency: 2 }),
  map(parse, { onError: reject }),
).to(forEach(({ product, pieces }) => totals.set(product, (totals.get(product) ?? 0) + pieces))).run()

await from([...totals].sort()).pipe(map(([product, pieces]) => `${product} ${pieces}`)).to(writeLines(join(folder, 'report.txt'))).run()

console.log((await readFile(join(folder, 'report.txt'), 'utf8')).trimEnd())
for (const line of rejects) console.log('rejected:', line)
await rm(folder, { recursive: true })
