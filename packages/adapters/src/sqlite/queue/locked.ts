import { setTimeout as sleep } from 'node:timers/promises'
import type { SqliteHandle } from '../handle'
import { isBusy, transaction } from '../transaction'

/** How long another process may hold the lock before that is an error, in ms. */
const PATIENCE_MS = 30_000
const LONGEST_WAIT_MS = 20

/**
 * Does `work` in a transaction, and waits where another process is writing: in turns of the event loop, and not inside SQLite, which would hold the loop.
 */
export function locked<R>(handle: SqliteHandle, work: () => R): Promise<R> {
  return patiently(() => {
    let result!: R
    transaction(handle, () => { result = work() })
    return result
  })
}

/** Does `work`, which begins its own transactions or none, again while another process is writing. */
export async function patiently<R>(work: () => R): Promise<R> {
  const patientUntil = performance.now() + PATIENCE_MS
  for (let waitMs = 1; ; waitMs = Math.min(LONGEST_WAIT_MS, 2 * waitMs)) {
    try {
      return work()
    } catch (error) {
      if (!isBusy(error) || performance.now() > patientUntil) throw error
    }
    await sleep(waitMs * (0.5 + Math.random()))
  }
}
