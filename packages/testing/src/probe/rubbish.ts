import type { Ticket, Tickets } from '@sluice/core/authoring'
import { LawViolation } from './assert'

/** Stands where no value is. Whoever hands it on has read beyond the count. */
export const RUBBISH = Symbol('rubbish beyond the count')

const misused = (): never => {
  throw new LawViolation('O14: a ticket beyond the count was used')
}

/** Stands where no ticket is. */
const RUBBISH_TICKET: Ticket = { split: misused, ack: misused, nack: misused }

/**
 * Leaves rubbish behind the values of a pull, as every outlet may: in `into[count..limit)`, and beside it in `tickets`.
 *
 * @param count what the pull is about to answer, `PENDING` and `DONE` included.
 */
export function leaveRubbish(into: unknown[], tickets: Tickets | null | undefined, count: number, limit: number): void {
  for (let i = Math.max(count, 0); i < limit; i++) {
    into[i] = RUBBISH
    if (tickets) tickets[i] = RUBBISH_TICKET
  }
}
