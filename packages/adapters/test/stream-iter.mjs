// Run by scripts/test-runtimes.mjs in a Node that has `node:stream/iter`, on the built packages: its own streams, both ways.
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { from as iter, pipeTo, pull, push, text } from 'node:stream/iter'
import { fromByteBatches, toByteBatches, toByteWriter } from '@sluice/adapters/node-streams'
import { count, from, range, toArray } from '@sluice/core'
import { mapping } from '@sluice/core/authoring'

const WORDS = Array.from({ length: 5000 }, (_, i) => `word ${i}\n`)
const bytes = (word) => new TextEncoder().encode(word)
const map = (call) => mapping('map', () => call)
const upper = (batch) => batch && batch.map((piece) => bytes(new TextDecoder().decode(piece).toUpperCase()))

const checks = {
  'a stream/iter stream is read': async () => {
    const pieces = await fromByteBatches(pull(iter(WORDS), upper)).to(toArray()).run()
    assert.equal(Buffer.concat(pieces).toString(), WORDS.join('').toUpperCase())
  },
  'a Readable gives its batches': async () => {
    const pieces = await fromByteBatches(Readable.from(WORDS.map(bytes), { objectMode: false })).to(toArray()).run()
    assert.equal(Buffer.concat(pieces).toString(), WORDS.join(''))
  },
  'a pipeline is a stream/iter stream': async () => {
    assert.equal(await text(pull(toByteBatches(from(WORDS).pipe(map(bytes))), upper)), WORDS.join('').toUpperCase())
    assert.equal(await text(iter(toByteBatches(from(WORDS).pipe(map(bytes))))), WORDS.join(''))
  },
  'a writer that holds back is waited for': async () => {
    const { writer, readable } = push({ budget: 16 * 1024 })
    const [written, read] = await Promise.all([from(WORDS).to(toByteWriter(writer)).run(), text(readable)])
    assert.deepEqual([written, read], [WORDS.length, WORDS.join('')])
  },
  'errors cross as they are': async () => {
    const boom = new Error('boom')
    await assert.rejects(text(toByteBatches(range(0).pipe(map(() => { throw boom })))), (error) => error === boom)
    const { writer, readable } = push()
    const failing = range(0).pipe(map((n) => { if (n > 3) throw boom; return bytes('x') })).to(toByteWriter(writer)).run()
    await Promise.all([assert.rejects(Promise.resolve(failing), (error) => error === boom), assert.rejects(text(readable), (error) => error === boom)])
  },
  'pipeTo writes what a pipeline gives': async () => {
    const seen = []
    await pipeTo(toByteBatches(from(WORDS).pipe(map(bytes))), { write: async (piece) => { seen.push(piece) } })
    assert.equal(await fromByteBatches([seen]).to(count()).run(), WORDS.length)
  },
}
for (const [name, check] of Object.entries(checks)) {
  await check()
  console.log(`  ${name}`)
}
