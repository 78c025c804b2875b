import { expect, it } from 'vitest'

// Each of these has to fail in every runtime: where one passes, the runner there sees nothing.
it('a wrong value', () => {
  expect([1, { two: 2 }]).toEqual([1, { two: 3 }])
})
it('a promise that was expected to reject', () => expect(Promise.resolve(1)).rejects.toThrow())
// Two in one: it takes too long, and a rejection is left that nobody handles.
it('a test that never ends', () => {
  void Promise.reject(new Error('nobody waits for it'))
  return new Promise<void>(() => {})
}, 50)
