// One program of two copies: sources and sinks of the ESM build, operators and a Limit of the CommonJS build.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import * as esm from '@sluice/core'
import { issueTicket, source } from '@sluice/core/authoring'
import * as esmOperators from '@sluice/operators'
import * as facade from 'sluice'

const require = createRequire(import.meta.url)
const cjs = require('@sluice/core')
const cjsOperators = require('@sluice/operators')

assert.notEqual(esm.BoundedQueue, cjs.BoundedQueue, 'the two builds are two copies')
assert.equal(facade.from, esm.from, 'the facade has no copy of its own')
assert.equal(require('sluice').from, cjs.from)

const { map, filter, batch, mapAsync, mergeWith, broadcast, throttle, merge, circuitBreaker } = cjsOperators

// A tool of one copy sees the runs of both.
const { watchRuns } = await import('@sluice/core/authoring')
const begun = []
const unwatch = watchRuns(({ name }) => { begun.push(name) })
await Promise.all([esm.range(0, 2).to(esm.drain()).run({ name: 'of esm' }), cjs.range(0, 2).to(cjs.drain()).run({ name: 'of commonjs' })])
unwatch()
assert.deepEqual(begun, ['of esm', 'of commonjs'])

// A circuit, and threads, of one copy stand in stages of the other.
const circuit = new esmOperators.Circuit({ failures: 1, resetMs: 60_000 })
const guarded = esm.from([1, 2, 3]).pipe(circuitBreaker(map((n) => { if (n === 2) throw new Error('down'); return n }), { circuit, onError: 'skip' }))
assert.deepEqual([await guarded.to(esm.toArray()).run(), circuit.state], [[1], 'open'])
const workers = await import('@sluice/adapters/workers')
const threads = new (require('@sluice/adapters/workers').Threads)(1)
const square = new URL('square.mjs', import.meta.url)
assert.deepEqual(await esm.range(0, 3).pipe(workers.mapWorkers(square, { threads })).to(cjs.toArray()).run(), [0, 1, 4])

// A failure that is an abort of the other copy is one.
for (const AbortError of [esm.AbortError, cjs.AbortError]) {
  const aborted = cjs.interval(1).pipe(esmOperators.map((n) => n)).to(esm.drain()).run()
  await aborted.abort(new AbortError('enough'))
  assert.equal(aborted.status, 'aborted')
  await assert.rejects(() => Promise.resolve(aborted), { name: 'AbortError', message: 'enough' })
}

// A source and a sink of one copy, operators of both.
assert.deepEqual(await esm.from([1, 2, 3, 4]).pipe(map((n) => n * 2), esmOperators.filter((n) => n > 2), batch(2), esmOperators.map((b) => b.length)).to(esm.toArray()).run(), [2, 1])
assert.equal(await merge(esm.range(0, 5), cjs.range(0, 5)).pipe(esmOperators.mergeWith([1])).to(esm.count()).run(), 11)
assert.deepEqual(await cjs.from(esm.from(['a'])).to(cjs.toArray()).run(), ['a'])
assert.equal(await esm.range(0, 100).pipe(mapAsync(async (n) => n, { concurrency: 4 }), filter((n) => n % 2 === 0)).to(cjs.count()).run(), 50)
assert.equal(await esm.range(0, 10).pipe(broadcast([(s) => s.pipe(esmOperators.map((n) => n)), (s) => s.to(esm.drain())])).to(esm.count()).run(), 10)
const values = []
for await (const value of esm.range(0, 3).pipe(map((n) => n + 1))) values.push(value)
assert.deepEqual(values, [1, 2, 3])

// A failure names the stages of both, and an error of either copy is told by its code.
const failing = esm.from([1, 2]).pipe(esmOperators.map((n) => n), map((n) => { if (n === 2) throw new Error('boom'); return n }, { name: 'theirs' })).to(esm.drain()).run({ name: 'mixed' })
await assert.rejects(() => Promise.resolve(failing), /boom/)
assert.deepEqual([failing.failure.stage, failing.failure.item, failing.failure.path.length], ['theirs', 2, 3])
assert.deepEqual(failing.stats().stages.map(({ name }) => name), ['from', 'map', 'theirs', 'drain'])
assert.ok(esm.diagnose(failing.stats()))
assert.equal(failing.stats().totals.read, failing.stats().totals.delivered + failing.stats().totals.failed + failing.stats().totals.abandoned)

// Supervision, dead letters and retries cross over.
const letters = []
await esm.from([1, 2, 3]).pipe(map((n) => { if (n === 2) throw new Error('odd one'); return n }, { onError: esm.deadLetter(esm.forEach((letter) => letters.push(letter.item))) })).to(cjs.drain()).run()
assert.deepEqual(letters, [2])

// A queue of one copy is read and written by the other, and its end is the end of the loop.
const queue = new cjs.BoundedQueue({ capacity: 2 })
const read = esm.from(queue).pipe(map((n) => n)).to(esm.toArray()).run()
await cjs.range(0, 6).to(esm.toQueue(queue)).run()
queue.close()
assert.deepEqual(await read, [0, 1, 2, 3, 4, 5])

// One limit for both, and a Limit of the other copy is a Limit.
const limit = new cjs.Limit({ concurrency: 1 })
assert.equal(await esm.range(0, 3).pipe(esmOperators.throttle({ limit: new cjs.Limit({ rate: { count: 1000, perMs: 10 } }) }), throttle({ limit: new esm.Limit({ rate: { count: 1000, perMs: 10 } }) })).to(esm.count()).run(), 3)
new esmOperators.AdaptiveRate({ limit, max: 4 })

// Tickets of sources of both copies, in one run that is cut off: each is settled once.
const authoring = require('@sluice/core/authoring')
const tracked = (kit, settled) => kit.source('tracked', (stage) => {
  let next = 0
  const tickets = []
  return { tickets, pull(into) { if (next === 3) return kit.DONE; into[0] = next++; tickets[0] = kit.issueTicket(stage, (status) => settled.push(status)); return 1 } }
})
const { DONE } = await import('@sluice/core/authoring')
const [mine, theirs] = [[], []]
await esm.from(tracked({ issueTicket, source, DONE }, mine)).pipe(mergeWith(tracked(authoring, theirs))).to(esm.drain()).run()
assert.deepEqual([mine, theirs], [['ack', 'ack', 'ack'], ['ack', 'ack', 'ack']])
const [cutMine, cutTheirs] = [[], []]
const cut = tracked({ issueTicket, source, DONE }, cutMine).pipe(mergeWith(tracked(authoring, cutTheirs)), mapAsync(() => new Promise(() => {}), { concurrency: 2 })).to(esm.drain()).run({ closeDeadlineMs: 10 })
await new Promise((resolve) => setTimeout(resolve, 20))
await cut.abort()
await cut.then(() => {}, () => {})
assert.ok(cutMine.length + cutTheirs.length > 0 && [...cutMine, ...cutTheirs].every((status) => status === 'nack'), JSON.stringify([cutMine, cutTheirs]))

// A stop deals with what stages of both hold.
const run = esm.interval(1).pipe(esmOperators.buffer(8), map((n) => n), mapAsync(async (n) => n, { concurrency: 2 })).to(cjs.count()).run()
await new Promise((resolve) => setTimeout(resolve, 30))
const report = await run.stop()
assert.deepEqual([report.status, report.unstopped, report.abandoned], ['completed', [], 0])

// All copies have one scheduler.
assert.equal(Object.keys(globalThis[Symbol.for('sluice')]).length, 1)
console.log('mixed: ok')
