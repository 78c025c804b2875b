/*
 * A program with a run that never ends by itself, for tests of signals: the words on its command line say what it uses.
 */
import { drain, range } from '@sluice/core'
import { mapAsync } from '@sluice/operators'
import { stopOnSignal, top } from '@sluice/inspector'

const uses = new Set(process.argv.slice(2))
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const run = range(0).pipe(mapAsync(() => (uses.has('stuck') ? new Promise<void>(() => {}) : sleep(5)), { concurrency: 1, name: 'call' })).to(drain()).run({ name: 'orders', closeDeadlineMs: uses.has('stuck') ? 60_000 : 1000 })
if (uses.has('top')) top(run, { everyMs: 100 })
if (uses.has('stop')) stopOnSignal(run)
if (uses.has('crash')) setTimeout(() => { throw new Error('crashed on purpose') }, 500)
// What is not settled keeps no process running.
const alive = setInterval(() => {}, 1000)
console.log('begun')
const ended = await Promise.resolve(run).then(() => 'stopped well', (error: unknown) => `ended by ${String(error)}`)
clearInterval(alive)
console.log(ended)
