// Two versions that do not understand each other: each works by itself, and mixing them is told in one sentence.
import assert from 'node:assert/strict'
import * as ours from '@sluice/core'
import { map } from '@sluice/operators'
import * as theirs from 'other-core'

assert.deepEqual(await ours.from([1]).pipe(map((n) => n)).to(ours.toArray()).run(), [1])
assert.deepEqual(await theirs.from([1]).to(theirs.toArray()).run(), [1])
for (const mix of [() => ours.from(theirs.from([1])).to(ours.toArray()).run(), () => theirs.from(ours.range(0, 3)).to(theirs.drain()).run(), () => theirs.from([1]).pipe(map((n) => n)).to(ours.toArray()).run()]) {
  const error = await new Promise((resolve) => { try { Promise.resolve(mix()).then(() => resolve(undefined), resolve) } catch (thrown) { resolve(thrown) } })
  assert.equal(error?.code, 'SLUICE_COPIES', String(error))
  assert.match(error.message, /two copies of Sluice are loaded .* protocol \d+.*protocol \d+.* npm ls @sluice\/core/)
}
console.log('two protocols: ok')
