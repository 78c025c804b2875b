// A program of CommonJS only, as one that is tested with Jest.
const assert = require('node:assert/strict')
const { batch, from, map, toArray } = require('sluice')
const { source, DONE } = require('@sluice/core/authoring')

const two = source('two', () => { let left = 2; return { pull(into) { if (left === 0) return DONE; into[0] = left--; return 1 } } })
Promise.all([from([1, 2, 3]).pipe(map((n) => n * 2), batch(2)).to(toArray()).run(), two.to(toArray()).run()]).then(([sums, counted]) => {
  assert.deepEqual(sums, [[2, 4], [6]])
  assert.deepEqual(counted, [2, 1])
  console.log('commonjs: ok')
})
