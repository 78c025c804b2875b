/**
 *   eu ────────────┐
 *   us ──✗ retry ──┼──▶ merge ──▶ one consumer
 *   asia ──✗ ──────┘       (what a producer gave before it failed still counts)
 *
 * One of several producers fails, the others go on. Each has its own policy before the merge: begin again, or end with a
 * note. Without one the failure would reach the consumer, never be swallowed, and never leave it waiting for ever.
 */
import { catchError, concatWith, defer, failing, from, mergeWith, retrySource, toArray } from 'sluice'

let calls = 0
const eu = from(['eu 1', 'eu 2', 'eu 3'])
const us = defer(() => (++calls === 1 ? failing(new Error('connection reset')) : from(['us 1', 'us 2'])))
const asia = from(['asia 1']).pipe(concatWith(failing(new Error('gone for good'))))

const orders = await eu.pipe(mergeWith(
  us.pipe(retrySource({ times: 3 })),
  asia.pipe(catchError((error) => [`asia ended: ${String(error)}`])),
)).to(toArray()).run()

console.log(`${orders.length} values from three producers`)
for (const order of orders.sort()) console.log(order)
console.log('us was connected to', calls, 'times')

const run = eu.pipe(mergeWith(asia)).to(toArray()).run({ name: 'without a policy' })
console.log(await Promise.resolve(run).catch(String))
console.log(run.failure?.message)
