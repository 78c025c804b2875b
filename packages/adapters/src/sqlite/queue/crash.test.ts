import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkHistory, seededRandom, type HistoryEvent } from '@sluice/testing'
import { sqliteQueue } from '../index'

const ITEMS = 10_000
const FAULTS = Number(process.env['SLUICE_FAULTS'] ?? 12)
/** Longer than a lease of the program: a process that stands still so long wakes up as a stale holder. */
const STANDSTILL_MS = 600
const HOLD = 20

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
// Beside the tests, so that libsql is found.
const program = at(`../../../test/durable/program-${process.pid}.mjs`)
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-crash-'))
  await build({
    entryPoints: [at('../../../test/durable/program.ts')], outfile: program, bundle: true, platform: 'node', target: 'es2022', format: 'esm',
    tsconfig: at('../../../../../tsconfig.json'), external: ['libsql'], logLevel: 'error',
  })
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
  rmSync(program, { force: true })
})

type Role = 'producer' | 'worker'

it(`D51: ${FAULTS} kills and standstills of producers and workers lose nothing that was confirmed, and repeat no more than was held`, { timeout: 120_000 }, async () => {
  const seed = Math.floor(Math.random() * 1e9)
  const random = seededRandom(seed)
  const [file, history] = [join(folder, 'items.db'), join(folder, 'history')]
  const start = (role: Role): ChildProcess => spawn(process.execPath, [program, role, file, history, String(ITEMS)], { stdio: ['ignore', 'inherit', 'inherit'] })
  const places: { readonly role: Role; child: ChildProcess }[] = (['producer', 'worker', 'worker'] as const).map((role) => ({ role, child: start(role) }))
  let held = 0
  for (let fault = 0; fault < FAULTS; fault++) {
    await sleep(150 + random() * 250)
    const place = places[Math.floor(random() * places.length)] as (typeof places)[number]
    // What has come to its end is begun once more: it finds nothing to do.
    held += HOLD
    if (random() < 0.25 && place.child.exitCode === null) {
      place.child.kill('SIGSTOP')
      await sleep(STANDSTILL_MS)
      place.child.kill('SIGCONT')
    } else {
      if (place.child.exitCode === null) {
        place.child.kill('SIGKILL')
        await once(place.child, 'exit')
      }
      place.child = start(place.role)
    }
  }
  // Now all may come to their ends: the producer confirms the last item and seals the queue, the workers empty it.
  for (const place of places.toSorted((a, b) => a.role.localeCompare(b.role))) {
    if (place.child.exitCode === null) await once(place.child, 'exit')
    expect(place.child.exitCode, `seed ${seed}: ${place.role}`).toBe(0)
  }
  const queue = sqliteQueue(file, { name: 'items' })
  expect(await queue.stats(), `seed ${seed}`).toEqual({ ready: 0, leased: 0, dead: 0, sealed: true })
  const events = readFileSync(history, 'utf8').split('\n').filter((line) => line.endsWith('}')).map((line) => JSON.parse(line) as HistoryEvent)
  const { wrong, confirmed, done, repeated } = checkHistory(events, { mostRepeated: held })
  expect(wrong, `seed ${seed}`).toEqual([])
  // Kills have met work: without that the test would show nothing.
  expect(repeated, `seed ${seed}`).toBeGreaterThan(0)
  expect([confirmed, done], `seed ${seed}`).toEqual([ITEMS, ITEMS])
})
