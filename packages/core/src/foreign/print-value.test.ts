import { describe, expect, it } from 'vitest'
import { map } from '@sluice/operators'
import { drain, from, OptionError, range } from '../index'
import { describeValue, messageOf, printError, printValue } from '../authoring'

const trap = (): never => { throw new Error('trap') }
const nasty = new Proxy({}, { get: trap, getPrototypeOf: trap, has: trap, ownKeys: trap, getOwnPropertyDescriptor: trap })
const revoked = (() => {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
})()
const getters = Object.defineProperties(new Error('x'), { stack: { get: trap }, message: { get: trap }, name: { get: trap } })
const texts = Object.assign(new Error('x'), { toString: trap })
const hostile: unknown[] = [nasty, revoked, getters, texts, { toJSON: trap, toString: trap }, { [Symbol.toPrimitive]: trap }, { get [Symbol.toStringTag]() { return trap() } }, { get id() { return trap() } }, Object.create(null), [nasty], { inside: revoked }, Object.assign(new Error('x'), { message: Symbol('m') })]

describe('a text about a value that is not ours', () => {
  it('R28: is a text, whatever throws when the value is touched', () => {
    for (const value of hostile) for (const print of [describeValue, printValue, printError, messageOf]) expect(print(value)).toEqual(expect.any(String))
  })

  it('R28: an option error can be made of any value', () => {
    for (const value of hostile) expect(new OptionError('mine', 'size', value, 'a number').message).toMatch(/^mine: size must be a number, got an (object|array)$/)
  })

  it('R28: a failure has a message, and the run rejects with the original error, whatever error and item are', async () => {
    for (const error of hostile) for (const item of [...hostile, 1]) {
      const run = from([item]).pipe(map(() => { throw error })).to(drain()).run()
      // Not `expect(…).toBe`, which would print what cannot be printed.
      expect(await run.then(() => false, (thrown: unknown) => Object.is(thrown, error))).toBe(true)
      expect(run.failure?.message).toMatch(/^run: stage 'map' \(position 1\) failed on /)
    }
  })

  it.each([
    [1, '1'], [-0, '-0'], [NaN, 'NaN'], [5n, '5n'], ['a"b', '"a\\"b"'], [undefined, 'undefined'], [null, 'null'], [Symbol('s'), 'Symbol(s)'], [() => 1, 'a function'],
    [{ id: 1, tags: ['a', null], n: 2n }, '{"id":1,"tags":["a",null],"n":2n}'], [new Date(0), '"1970-01-01T00:00:00.000Z"'], [new Date(NaN), 'Invalid Date'],
    [new TypeError('no'), 'TypeError: no'], [new Uint8Array([1, 2]), '[1,2]'], [{ a: { b: { c: { d: { e: 1 } } } } }, '{"a":{"b":{"c":{"d":{…}}}}}'], [[], '[]'], [{}, '{}'],
  ])('printValue shows %o as %s', (value, text) => {
    expect(printValue(value)).toBe(text)
  })

  it('printValue ends at a circle, and looks at no more of a large value than it shows', () => {
    const circle: { self?: unknown } = {}
    circle.self = circle
    expect(printValue(circle)).toBe('{"self":[circular]}')
    let read = 0
    const large = new Proxy(Array.from({ length: 100_000 }, (_, i) => i), { get: (target, key) => { read++; return Reflect.get(target, key) as unknown } })
    expect(printValue(large)).toHaveLength(201)
    expect(read).toBeLessThan(500)
    expect(printValue('x'.repeat(1_000_000))).toHaveLength(201)
  })
})

it('R28: an item of ten million numbers is told in a moment', async () => {
  const run = range(0, 1).pipe(map(() => new Float64Array(10_000_000)), map(() => { throw new Error('no') })).to(drain()).run()
  await run.then(undefined, () => {})
  const startedAt = performance.now()
  expect(run.failure?.message).toContain('…')
  expect(performance.now() - startedAt).toBeLessThan(100)
})
