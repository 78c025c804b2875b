// Confirmed puts and acknowledged takes of a queue in SQLite, 1 KB each, in batches of 512; and the whole cycle through pipelines. Prints values a second.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drain, range } from '@sluice/core'
import { fromDurable, toDurable } from '@sluice/core/durable'
import { map } from '@sluice/operators'
import { sqliteQueue } from '@sluice/adapters/sqlite'

const [survives, count] = process.argv.slice(2) as ['process' | 'host', string]
const BATCH = 512
const folder = mkdtempSync(join(tmpdir(), 'sluice-durable-'))
const { signal } = new AbortController()
const perSecond = (since: number): number => (Number(count) * 1000) / (performance.now() - since)

const queue = sqliteQueue(join(folder, 'verbs.db'), { name: 'items', survives })
await queue.open(signal)
const body = new Uint8Array(1024)
let since = performance.now()
for (let at = 0; at < Number(count); at += BATCH) {
  await queue.put(Array.from({ length: Math.min(BATCH, Number(count) - at) }, (_, i) => ({ body, dedupKey: String(at + i) })))
}
const puts = perSecond(since)
since = performance.now()
for (;;) {
  const leases = await queue.take(BATCH, 0, signal)
  if (leases.length === 0) break
  await queue.settle(leases, leases.map(() => ({ do: 'ack' as const })))
}
const takes = perSecond(since)
await queue.close()

const joint = { name: 'items', until: 'sealed' } as const
const cycled = sqliteQueue(join(folder, 'cycle.db'), { name: 'items', survives })
const value = { text: 'x'.repeat(1000) }
since = performance.now()
await range(0, Number(count)).pipe(map(() => value)).to(toDurable(cycled, joint)).run()
await fromDurable(cycled, joint).to(drain()).run()
const cycle = perSecond(since)
rmSync(folder, { recursive: true, force: true })
process.stdout.write(JSON.stringify({ puts, takes, cycle }))
