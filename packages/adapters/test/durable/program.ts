/*
 * One process of the crash tests: `program.mjs producer|worker FILE HISTORY ITEMS`. What happens to an item is written down before and after it does, so
 * that a kill at any moment leaves a history that a checker can judge.
 */
import { appendFileSync } from 'node:fs'
import { mapAsync, tap } from '@sluice/operators'
import { DONE, issueTicket, source, type Tickets } from '@sluice/core/authoring'
import { fromDurable, toDurable } from '@sluice/core/durable'
import { drain } from '@sluice/core'
import { sqliteQueue } from '../../src/sqlite/index'

const [role = '', file = '', history = '', items = '0'] = process.argv.slice(2)
const by = `${role} ${process.pid}`
const note = (op: string, id: string): void => { appendFileSync(history, `${JSON.stringify({ op, id, by })}\n`) }
const queue = sqliteQueue(file, { name: 'items', capacity: 200, leaseMs: 400 })
const joint = { name: 'items', until: 'sealed', hold: 20, maxAttempts: 1000 } as const

/** Numbers whose tickets tell when a put was confirmed. */
const numbers = source<number>('numbers', (stage) => {
  let next = 0
  const tickets: Tickets = []
  return {
    tickets,
    pull(into, limit) {
      let count = 0
      for (; count < limit && next < Number(items); count++) {
        const id = next++
        into[count] = id
        tickets[count] = issueTicket(stage, (status) => { if (status === 'ack') note('put!', String(id)) })
      }
      return count > 0 ? count : DONE
    },
  }
})

if (role === 'producer') {
  // After a kill it begins at the beginning: the keys absorb what is there already.
  await numbers.pipe(tap((id) => { note('put?', String(id)) })).to(toDurable(queue, { ...joint, dedup: (id: number) => String(id) })).run()
} else if (role === 'worker') {
  const work = mapAsync(async (id: number) => {
    await new Promise((resolve) => { setTimeout(resolve, Math.random() * 6) })
    note('effect', String(id))
    return id
  }, { concurrency: 4 })
  // A worker comes before the first producer, now and then, and the queue is not sealed then.
  await fromDurable<number>(queue, joint).pipe(work).to(drain()).run()
} else {
  throw new Error(`no such role: ${role}`)
}
