import { expect, it } from 'vitest'
import { settle } from '@sluice/testing'
import { buffer } from '@sluice/operators'
import { issueTicket, PENDING, sink, source, type Tickets } from '../authoring'

const BOOM = new Error('boom')

it('T2, R7: one that cannot be given back keeps no other from it, and is told', async () => {
  const settled: number[] = []
  const values = source<number>('values', (stage) => {
    const tickets: Tickets = []
    let given = 0
    return {
      tickets,
      pull(into) {
        if (given === 3) return PENDING
        const value = (into[0] = given++)
        tickets[0] = issueTicket(stage, () => {
          settled.push(value)
          if (value === 0) throw BOOM
        })
        return 1
      },
    }
  })
  const idle = sink('idle', () => ({ write() {}, end() {}, settles: true }))
  const run = values.pipe(buffer(2)).to(idle).run()
  await settle()
  await run.abort()
  expect(settled.sort()).toEqual([0, 1, 2])
  expect(run.failure?.suppressed).toEqual([BOOM])
})
