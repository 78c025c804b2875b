/**
 *   run(task, { signal }) ──▶ [ waiting ] ──▶ 2 workers, 50 ms each at most
 *        ◀────────────────── its own result, error or cancellation
 *
 * One promise for each submitted task. Cancelling one frees its place in the queue, or its worker through the signal;
 * nobody else notices, and no promise is left that never settles.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { WorkerPool } from 'sluice'

interface Task { readonly name: string; readonly ms: number }

const pool = new WorkerPool(
  async ({ name, ms }: Task, { signal }) => {
    await sleep(ms, undefined, { signal }) // work that stops when it is told to
    if (name === 'broken') throw new Error('no such city')
    return `${name} is sunny`
  },
  { concurrency: 2, capacity: 10, timeoutMs: 50, name: 'weather' },
)

async function ask(name: string, ms: number, signal?: AbortSignal): Promise<string> {
  return pool.run({ name, ms }, { signal }).catch((error: unknown) => `${name}: ${String(error)}`)
}

const answers = [ask('Lisbon', 5), ask('broken', 5), ask('Oslo', 5), ask('Atlantis', 60_000)]
console.log((await Promise.all(answers)).join('\n'))
await pool.drain() // the worker that was too slow has stopped as well

const never = 60_000
const user = new AbortController()
const slow = [ask('Rome', never, user.signal), ask('Bern', never, user.signal)] // both workers are busy now
const queued = ask('Paris', never, user.signal)
console.log(`running ${pool.stats.running}, waiting ${pool.stats.waiting}`)
user.abort(new Error('the user closed the page'))
console.log((await Promise.all([...slow, queued])).join('\n'))

await pool.drain()
const last = ask('Vienna', never)
pool.abort(new Error('shutting down'))
console.log(await last)
await pool.drain() // every worker has really stopped
console.log(`running ${pool.stats.running}, waiting ${pool.stats.waiting}, refused: ${await ask('Prague', 1)}`)
