import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { actual, difference, expected } from './check'
import { readOptions } from './options'
import { filesOf } from './results'
import { left } from './state'

const ROWS = 50_000
const KILLS = 20

const root = fileURLToPath(new URL('../..', import.meta.url))
// Beside the example, so that the packages it uses are found.
const bundle = fileURLToPath(new URL(`out/kill-test-${process.pid}.mjs`, import.meta.url))
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-kill-'))
  // The job as `npm start` runs it, from the sources of the packages, and ready in a moment: most of the time is for killing.
  await build({
    entryPoints: [fileURLToPath(new URL('main.ts', import.meta.url))], outfile: bundle, bundle: true, platform: 'node', target: 'es2022', format: 'esm',
    tsconfig: join(root, 'tsconfig.json'), external: ['libsql', 'echarts', 'cli-table3', 'csv-parse', 'csv-stringify', '@sluice/inspector/page'], logLevel: 'error',
  })
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  rmSync(bundle, { force: true })
})

function start(out: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [bundle, '--quiet', '--rows', String(ROWS), '--batch', '100', '--out', out, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
}

/** What the process prints first, which is when it begins to work. */
async function begun(child: ChildProcess): Promise<string> {
  const [text] = (await once(child.stdout as NonNullable<typeof child.stdout>, 'data')) as [Buffer]
  child.stdout?.resume()
  return text.toString()
}

async function result(out: string) {
  const files = filesOf(out)
  const hash = createHash('sha256')
  for (const rows of Object.values(await actual(files.database))) hash.update(rows.join('\n'))
  return { tables: hash.digest('hex'), at: (await left(files.database))?.at, rejects: readFileSync(files.rejects, 'utf8'), chart: readFileSync(files.chart, 'utf8') }
}

it(`killed at ${KILLS} random moments and started again, it leaves what an uninterrupted run leaves`, async () => {
  const whole = join(folder, 'whole')
  const uninterrupted = start(whole)
  const since = performance.now()
  await begun(uninterrupted)
  const beginning = performance.now()
  expect(await once(uninterrupted, 'exit')).toEqual([0, null])
  const length = performance.now() - beginning
  const wanted = await result(whole)
  const { asn, country } = readOptions(['--out', folder])
  expect(difference(expected(asn, country, ROWS), await actual(filesOf(whole).database), true)).toBe(undefined)

  let kills = 0
  let goneOn = 0
  for (let round = 0; kills < KILLS; round++) {
    const out = join(folder, `killed-${round}`)
    for (let code: number | null = null; code === null; ) {
      const child = start(out)
      const exit = once(child, 'exit') as Promise<[number | null, string | null]>
      // Some moments are before the first word, the others between it and the last one.
      const early = kills % 5 === 4
      if (!early && (await begun(child)).startsWith('Going on')) goneOn++
      const timer = kills < KILLS ? setTimeout(() => child.kill('SIGKILL'), Math.random() * (early ? beginning - since : length)) : undefined
      const [exitCode, signal] = await exit
      clearTimeout(timer)
      if (signal === 'SIGKILL') kills++
      else expect(exitCode).toBe(0)
      code = exitCode
    }
    expect(await result(out)).toEqual(wanted)
  }
  expect(goneOn).toBeGreaterThan(3)
}, 240_000)

it('Ctrl-C drains and reports, and the next start goes on', async () => {
  const out = join(folder, 'drained')
  const child = start(out)
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (piece: Buffer) => { text += piece.toString() })
  await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
  while (((await left(filesOf(out).database))?.at.networks.rows ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  child.kill('SIGINT')
  expect(await once(child, 'close')).toEqual([130, null])
  expect(text).toMatch(/Stopping 'ip-join': what was begun is finished first[^]*nothing lost[^]*Stopped early: start again to go on from here/)
  const next = start(out)
  expect(await begun(next)).toMatch(/^Going on behind row/)
  expect(await once(next, 'exit')).toEqual([0, null])
  expect(await result(out)).toEqual(await result(join(folder, 'whole')))
}, 60_000)
