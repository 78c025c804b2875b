import { type Operator } from '@sluice/core'
import { DONE, operator, PENDING } from '@sluice/core/authoring'
import { assert } from './assert'
import { leaveRubbish } from './rubbish'

/** Stands right behind the room of a pull, to be found there afterwards. */
const FENCE = Symbol('fence')

/** What a {@link checked} joint has seen. */
export interface Seen {
  pulls: number
  values: number
  closes: number
  ended: boolean
}

/**
 * An operator that hands everything on and throws a LawViolation where the stage before or after it breaks the protocol:
 * a limit below 1, more values than asked for, a value written at the limit or beyond, a pull after the end.
 *
 * Behind the values of each pull it leaves rubbish, values and tickets, so that a stage after it that reads beyond the
 * count gives itself away.
 *
 * @example
 * ```ts
 * range(1).pipe(checked(), map(f), checked(), take(3))
 * ```
 */
export function checked<T>(seen: Seen = { pulls: 0, values: 0, closes: 0, ended: false }): Operator<T, T> {
  return operator<T, T>('checked', (upstream) => {
    Object.assign(seen, { pulls: 0, values: 0, closes: 0, ended: false })
    let failed = false
    return {
      tickets: upstream.tickets,
      pull(into, limit) {
        seen.pulls++
        assert(Number.isSafeInteger(limit) && limit >= 1, `O2: pulled with limit ${limit}`)
        assert(!seen.ended && !failed, 'O3: pulled after the end')
        let count: number
        const { length } = into
        const beyond = into[limit]
        into[limit] = FENCE as T
        let untouched: boolean
        try {
          count = upstream.pull(into, limit)
        } catch (error) {
          failed = true
          throw error
        } finally {
          untouched = into[limit] === FENCE
          if (length > limit) into[limit] = beyond as T
          else into.length = limit
        }
        assert(untouched, `O14: pulled with limit ${limit}, a value was written there or beyond`)
        assert(count === PENDING || count === DONE || (count >= 1 && count <= limit), `O2: limit ${limit}, answered ${count}`)
        if (count === DONE) seen.ended = true
        if (count > 0) seen.values += count
        leaveRubbish(into, upstream.tickets, count, limit)
        return count
      },
      close() {
        seen.closes++
      },
    }
  })
}
