import { expect, it } from 'vitest'
import { COMPLETED } from '../contract/outcome'
import { DONE, reasonOf, shared, sink, source } from '../authoring'

it('R3: what is shared is made once a run, and each run has its own', async () => {
  const key = {}
  const seen: object[] = []
  const sharing = source<number>('sharing', ({ scope }) => {
    seen.push(shared(scope, key, () => ({})))
    return { pull: () => DONE }
  })
  const also = sink<number, void>('also', ({ scope }) => {
    seen.push(shared(scope, key, () => ({})))
    return { write() {}, end() {} }
  })
  await sharing.to(also).run()
  await sharing.to(also).run()
  expect(seen).toHaveLength(4)
  expect(seen[0]).toBe(seen[1])
  expect(seen[2]).toBe(seen[3])
  expect(seen[0]).not.toBe(seen[2])
})

it('why something ended early: an error, a reason, or nothing where it completed', () => {
  expect(reasonOf({ status: 'failed', error: 0 })).toBe(0)
  expect(reasonOf({ status: 'cancelled', reason: 'enough' })).toBe('enough')
  expect(reasonOf(COMPLETED)).toBe(undefined)
})
