import type { Duplex } from 'node:stream'
import { AbortError } from '@sluice/core'
import type { Bridge, Taken } from './bridge'

/** Both ends of a Duplex: whoever writes to it, and whoever reads it. They are told together. */
export function duplexEnds(duplex: Duplex): Bridge {
  let accepted = 0
  let error: unknown
  duplex.on('error', (reason) => { error = reason })
  const values = duplex[Symbol.asyncIterator]()
  return {
    into: {
      put(value) {
        if (duplex.writable) duplex.write(value, (refused) => { if (!refused) accepted++ })
      },
      end: () => { duplex.end() },
      fail: (reason) => { duplex.destroy(reason as Error) },
      accepted: () => accepted,
      told: () => (duplex.destroyed ? { reason: error } : undefined),
      held: () => (duplex.closed ? 0 : 1),
    },
    outOf: {
      givesReasons: true,
      take: () => values.next() as Promise<Taken>,
      async leave(reason) {
        if (duplex.closed) return
        const closed = new Promise((resolve) => duplex.once('close', resolve))
        // A reader that is told of no error would wait for the end.
        duplex.destroy((reason ?? new AbortError('left')) as Error)
        await closed
      },
      held: () => 0,
    },
  }
}
