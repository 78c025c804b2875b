import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { MemoryState, stateLaws } from '@sluice/testing'
import { systemClock } from '@sluice/core/authoring'
import { openSqlite, sqliteState } from './index'

const folder = mkdtempSync(join(tmpdir(), 'sluice-state-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })
let files = 0

describe('stores of state', () => {
  for (const { name, run } of stateLaws({
    name: 'sqliteState', make: async () => {
      const path = join(folder, `${files++}.db`)
      const [store, other] = [sqliteState(path), sqliteState(path)]
      return { store, other, dispose: async () => { await store.close(); await other.close() } }
    },
  })) it(name, run)

  for (const { name, run } of stateLaws({
    name: 'MemoryState', make: async () => {
      const store = new MemoryState(systemClock)
      return { store, other: store, dispose: async () => {} }
    },
  })) it(name, run)

  it('an open database stays open', async () => {
    const db = await openSqlite(join(folder, 'open.db'))
    const store = sqliteState(db)
    await store.write([{ key: 'a', value: new Uint8Array([1]) }])
    await store.close()
    expect(db.prepare('SELECT count(*) AS count FROM sluice_state').get()).toMatchObject({ count: 1 })
    db.close()
  })
})
