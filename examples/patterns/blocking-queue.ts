/**
 *   put(value, { timeoutMs }) ──▶ [ · ] ──▶ take({ timeoutMs, signal })
 *
 * Waiting with a deadline. Whoever gives up leaves the line and takes nothing with it: a put that timed out does not
 * come in later, a take that timed out does not swallow the next value, as a race between a promise and a timer would.
 */
import { BoundedQueue, TimeoutError } from 'sluice'

const queue = new BoundedQueue<string>({ capacity: 1, name: 'jobs' })

async function attempt(what: string, work: Promise<string | void>): Promise<void> {
  try {
    console.log(`${what}: ${(await work) ?? 'done'}`)
  } catch (error) {
    if (!(error instanceof Error)) throw error
    console.log(`${what}: ${error instanceof TimeoutError ? 'timed out' : `gave up, ${error.message}`}`)
  }
}

await attempt('take from the empty queue, 20 ms', queue.take({ timeoutMs: 20 }))
await attempt('put first, 20 ms', queue.put('first', { timeoutMs: 20 }))
await attempt('put second, 20 ms', queue.put('second', { timeoutMs: 20 }))
console.log(`left in line: ${queue.waitingPuts} puts, ${queue.waitingTakes} takes`)

console.log('tryPut, which never waits:', queue.tryPut('third'))
await attempt('take, 20 ms', queue.take({ timeoutMs: 20 })) // first: neither second nor third is in the queue
console.log('tryTake, which never waits:', queue.tryTake())

const leaving = new AbortController()
const given = attempt('take with a signal', queue.take({ signal: leaving.signal }))
leaving.abort(new Error('the user left'))
await given

const patient = attempt('take, 10 s', queue.take({ timeoutMs: 10_000 }))
await queue.put('fourth') // the timer of who got it is gone: the program ends now, not in ten seconds
await patient
