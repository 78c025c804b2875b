import { expect, it } from 'vitest'
import { from, range, toArray } from '@sluice/core'
import { bundledWorker } from '../../test/workers/bundled-worker'
import { mapWorkers } from './index'
const same = bundledWorker('./same.worker.ts')
const jobs = bundledWorker('./jobs.worker.ts')
it('smoke', async () => {
  const t = performance.now()
  expect(await range(0, 1000).pipe(mapWorkers(same, { threads: 2 })).to(toArray()).run()).toEqual(Array.from({ length: 1000 }, (_, i) => i))
  console.log(performance.now() - t)
  const run = from([{ do: 'give', value: 1 }, { do: 'exit', code: 3 }, { do: 'give', value: 2 }]).pipe(mapWorkers(jobs, { threads: 2, onError: 'skip' })).to(toArray()).run()
  expect(await run).toEqual([1, 2])
})
