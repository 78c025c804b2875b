import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { plainValue } from './plain-value'

const circle: Record<string, unknown> = { a: 1 }
circle.self = circle
const thrower = { fine: 1, get bad(): never { throw new Error('no') } }
const closed = Proxy.revocable({}, {})
closed.revoke()
let deep: unknown = 'bottom'
for (let i = 0; i < 1e5; i++) deep = [deep]

describe('plainValue', () => {
  it('E3: what JSON can write stays as JSON has it', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      // JSON makes 0 of -0.
      expect(JSON.stringify(plainValue(value))).toBe(JSON.stringify(value))
    }))
    expect(JSON.stringify(plainValue({ ['__proto__']: 1, at: new Date(0), left: undefined, f() {} }))).toBe('{"__proto__":1,"at":"1970-01-01T00:00:00.000Z"}')
  })

  it('E3: whatever the value is, JSON can write what is made of it', () => {
    fc.assert(fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, withSparseArray: true, withNullPrototype: true }), (value) => {
      JSON.stringify(plainValue(value))
    }))
  })

  it.each<[string, unknown, unknown]>([
    ['a BigInt', 7n, '7'],
    ['NaN', [NaN, -Infinity], ['NaN', '-Infinity']],
    ['a Map', new Map([[{ k: 1n }, 2]]), [[{ k: '1' }, 2]]],
    ['a Set', new Set([1n]), ['1']],
    ['bytes', new Uint8Array([1, 2]), [1, 2]],
    ['a circle', circle, { a: 1, self: '[circular]' }],
    ['a getter that throws', thrower, { fine: 1, bad: '[cannot be read: no]' }],
    ['a toJSON that throws', { toJSON() { throw new Error('no') } }, '[cannot be read: no]'],
    ['a toJSON that answers itself', { a: 1n, toJSON() { return this } }, { a: '1' }],
    ['an invalid date', new Date(NaN), 'Invalid Date'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['the same twice', new Array<bigint[]>(2).fill([3n]), [['3'], ['3']]],
  ])('E3: %s is told', (_, value, expected) => {
    expect(plainValue(value)).toEqual(expected)
  })

  it('E3: a revoked proxy and a value without a bottom are told as far as they can be', () => {
    expect(plainValue([closed.proxy])).toEqual([expect.stringMatching(/^\[cannot be read: /)])
    expect(JSON.stringify(plainValue(deep))).toBe(`${'['.repeat(64)}"[deeper]"${']'.repeat(64)}`)
  })

  it('E4: an error has name, message, code and cause, and the simple ones of its own properties', () => {
    const cause = Object.assign(new RangeError('deep'), { code: 'ENOENT', size: 3n, socket: { huge: true } })
    const error: Error = new TypeError('no', { cause })
    cause.cause = error
    expect(plainValue({ error })).toEqual({ error: { name: 'TypeError', message: 'no', cause: { name: 'RangeError', message: 'deep', code: 'ENOENT', size: '3', cause: '[circular]' } } })
    expect(plainValue(new AggregateError([1n, new Error('x')], 'two'))).toEqual({ name: 'AggregateError', message: 'two', errors: ['1', { name: 'Error', message: 'x' }] })
    expect(plainValue(error, { stack: true })).toMatchObject({ stack: error.stack, cause: { stack: cause.stack } })
  })

  it('E4: an error whose getters throw is told by what can be read', () => {
    class Bad extends Error {
      override get message(): never { throw new Error('no message') }
      override get cause(): never { throw new Error('no cause') }
    }
    expect(JSON.stringify(plainValue(new Bad()))).toMatch(/cannot be read: no cause|no message/)
  })
})
