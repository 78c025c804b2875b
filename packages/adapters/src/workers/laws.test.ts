import { describe, it } from 'vitest'
import { operatorLaws, type OperatorEntry } from '@sluice/testing'
import { throughLaws } from '../../test/through-laws'
import { bundledWorker } from '../../test/workers/bundled-worker'
import { inProcessWorker } from '../../test/workers/in-process-worker'
import { mapWorkers, Threads } from './index'

/** Takes its time with every third value. */
const later = (value: unknown): unknown => (Number(value) % 3 === 0 ? Promise.resolve(value) : value)
const same = (values: readonly unknown[]): unknown[] => [...values]
const use = (options: object, entry: Partial<OperatorEntry> & { readonly ahead: number }): Omit<OperatorEntry, 'name'> =>
  ({ make: () => mapWorkers(inProcessWorker(later), options), reference: same, ...entry })

const uses: Readonly<Record<string, Omit<OperatorEntry, 'name'>>> = {
  'two threads': use({ threads: 2, batch: 4 }, { ahead: 32 }),
  'one item at a time': use({ threads: 1, batch: 1, capacity: 1 }, { ahead: 2 }),
  'unordered': use({ threads: 3, batch: 2, ordered: false }, { ahead: 24, ordered: false }),
  'by load': use({ threads: { min: 1, max: 4, idleMs: 10 }, batch: 2, timeoutMs: 1e6 }, { ahead: 32 }),
  'a Threads': use({ threads: new Threads(2), batch: 64, onError: 'skip' }, { ahead: 512 }),
}

describe.each(Object.entries(uses))('mapWorkers under law, %s', (name, entry) => {
  for (const { name: title, run } of operatorLaws({ ...entry, name })) it(title, run)
})

const script = bundledWorker('./same.worker.ts')
const carries = (value: unknown): boolean => (typeof value !== 'object' || value === null) && typeof value !== 'symbol' && typeof value !== 'function'

describe('mapWorkers through real threads', () => {
  const entry = { name: 'two threads', through: () => mapWorkers<unknown, unknown>(script, { threads: 2, batch: 2 }), capacity: 16, carries }
  // A2 waits for some turns of the event loop, and a thread takes longer to start: see the bound in map-workers.test.ts.
  for (const { law, name: title, run } of throughLaws(entry)) if (law !== 'A2') it(title, run)
})
