import { expect, it } from 'vitest'

// Each of these has to fail in every runtime: where one passes, the runner there sees nothing.
it('a wrong value', () => { expect([1, { two: 2 }]).toEqual([1, { two: 3 }]) })
it('a promise that was expected to reject', () => expect(Promise.resolve(1)).rejects.toThrow())
it('a test that never ends', () => new Promise<void>(() => {}), 50)
