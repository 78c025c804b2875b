import { existsSync, readFileSync } from 'node:fs'

const BOOT_ID = '/proc/sys/kernel/random/boot_id'

/**
 * A clock that all processes of a host share and nobody can set, with the word by which a new start of the host is noticed.
 *
 * On Linux: ms since the host was started. Elsewhere nothing says whether the host was started again, so wall time stands in for it: there a clock that
 * is set may end a lease early, after which an item is worked on twice, or late.
 */
export interface HostClock {
  /** Whole ms. */
  now(): number
  /** Another one after each start of the host. */
  readonly boot: string
}

/** The clock of this host. */
export function hostClock(): HostClock {
  if (!existsSync(BOOT_ID)) return { now: () => Date.now(), boot: 'wall' }
  return { now: () => Number(process.hrtime.bigint() / 1_000_000n), boot: readFileSync(BOOT_ID, 'utf8').trim() }
}
