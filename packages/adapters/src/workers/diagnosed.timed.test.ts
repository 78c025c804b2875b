import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, describe } from 'vitest'
import { diagnose, drain, from, type Diagnosis, type Run } from '@sluice/core'
import { map } from '@sluice/operators'
import { bundledWorker } from '../../test/workers/bundled-worker'
import { mapWorkers, type MapWorkersOptions } from './index'

/** Threads with a known trouble, at two places of the pipeline each: on real threads, in real time. */
type Jobs = typeof import('../../test/workers/jobs.worker').worker
type Order = Parameters<Jobs>[0]
const jobs = bundledWorker('./jobs.worker.ts')
const onThreads = (options: MapWorkersOptions<Order>) => mapWorkers<Jobs>(jobs, { name: 'resize', ...options })

function* orders(order: (n: number) => Order): Generator<Order> {
  for (let n = 0; ; n++) yield order(n)
}
/** Every fourth takes a hundred times as long as the others, and no thread may take another item before it is through in order. */
const uneven = () => from(orders((n) => ({ do: 'wait', ms: n % 4 === 0 ? 100 : 1 })))
const even = () => from(orders(() => ({ do: 'wait', ms: 20 })))
/** As text, for that is copied character by character. */
const HEAVY = Array.from({ length: 60_000 }, (_, n) => ({ n, text: `value ${n}` }))
const heavy = () => from(orders(() => ({ do: 'give', value: HEAVY })))

async function said(run: Run<unknown>): Promise<Diagnosis> {
  run.catch(() => {})
  await sleep(1200)
  const before = run.stats()
  await sleep(2000)
  const found = diagnose(run.stats(), before)
  await run.abort()
  return found
}
const kinds = ({ findings }: Diagnosis): string[] => findings.map(({ verdict, stage, cause }) => `${verdict} @ ${stage ?? '-'} (${cause})`)

describe('threads that are diagnosed', () => {
  it.each([
    ['before a sink', () => uneven().pipe(onThreads({ threads: 4, batch: 1, capacity: 1 })).to(drain()).run()],
    ['between steps', () => uneven().pipe(map((order) => order), onThreads({ threads: 4, batch: 1, capacity: 1 }), map((value) => value)).to(drain()).run()],
  ] as const)('X30: one thread that does nearly all, %s', async (_name, script) => {
    const found = await said(script())
    expect(kinds(found), JSON.stringify(found, null, 1)).toContain('threads-uneven @ resize (threads)')
  })

  it.each([
    ['before a sink', () => heavy().pipe(onThreads({ threads: 2, batch: 1, capacity: 2 })).to(drain()).run({ onWarning: () => {} })],
    ['between steps', () => heavy().pipe(map((order) => order), onThreads({ threads: 2, batch: 1, capacity: 2 }), map((value) => value)).to(drain()).run({ onWarning: () => {} })],
  ] as const)('X30: values that take longer to copy than to work on, %s', async (_name, script) => {
    const found = await said(script())
    expect(kinds(found), JSON.stringify(found, null, 1)).toContain('threads-transfer @ resize (transfer)')
  })

  it('X31: threads that have as much to do each are no trouble', async () => {
    const found = await said(even().pipe(onThreads({ threads: 3, batch: 1, capacity: 2 })).to(drain()).run())
    expect(kinds(found).filter((kind) => kind.startsWith('threads'))).toEqual([])
  })
})
