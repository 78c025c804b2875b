import { describe, expect, it } from 'vitest'
import { from, OptionError, toArray } from '../index'
import { anything, declare, decision, flagged, fn, mapping, maybeFn, ms, number, rule, text, whole, words } from '../authoring'

const MINE = declare('mine', () => ({
  args: { use: fn },
  options: {
    concurrency: whole(), capacity: whole(0).or(16), timeoutMs: ms().maybe(), jitter: number(0, 1).or(0.5), eager: flagged,
    order: words('kept', 'any').or('kept'), when: maybeFn, onError: decision, extra: anything, maxWaiting: whole(1, Infinity).or(Infinity),
    even: rule<number>('an even number', (value) => typeof value === 'number' && value % 2 === 0).or(2), label: text,
  },
}))
const read = (options: unknown, use: unknown = () => {}): Readonly<Record<string, unknown>> => MINE.read(options as { readonly name?: string }, { use })

describe('a declaration of options', () => {
  it('answers what was given, and the defaults of what was not', () => {
    expect(read({ concurrency: 3, name: 'load', eager: true })).toEqual({
      concurrency: 3, capacity: 16, timeoutMs: undefined, jitter: 0.5, eager: true, order: 'kept', when: undefined, onError: undefined,
      extra: undefined, maxWaiting: Infinity, even: 2, label: undefined, name: 'load',
    })
  })

  it('gives everything a name: that of its owner where there is none', () => {
    expect(declare('plain', () => ({})).read(undefined)).toEqual({ name: 'plain' })
  })

  it.each<[string, unknown, unknown?]>([
    ['mine: use must be a function, got 5', { concurrency: 1 }, 5],
    ['mine: concurrency must be a whole number of at least 1, got undefined', undefined],
    ['mine: concurrency must be a whole number of at least 1, got Infinity', { concurrency: Infinity }],
    ['mine: capacity must be a whole number of at least 0, got 0.5', { concurrency: 1, capacity: 0.5 }],
    ['mine: capacity must be a whole number of at least 0, got null', { concurrency: 1, capacity: null }],
    ['mine: timeoutMs must be a finite number of at least 0, got NaN', { concurrency: 1, timeoutMs: Number.NaN }],
    ['mine: timeoutMs must be a finite number of at least 0, got Infinity', { concurrency: 1, timeoutMs: Infinity }],
    ['mine: jitter must be a finite number from 0 to 1, got 2', { concurrency: 1, jitter: 2 }],
    ['mine: eager must be true or false, got "yes"', { concurrency: 1, eager: 'yes' }],
    ["mine: order must be one of 'kept', 'any', got \"none\"", { concurrency: 1, order: 'none' }],
    ['mine: when must be a function, got an object', { concurrency: 1, when: {} }],
    ['mine: even must be an even number, got 3', { concurrency: 1, even: 3 }],
    ['mine: maxWaiting must be a whole number of at least 1, got 0', { concurrency: 1, maxWaiting: 0 }],
    ["mine: onError must be 'fail', 'skip', 'restart', 'nack', retry(...), deadLetter(...) or a function, got \"retry\"", { concurrency: 1, onError: 'retry' }],
    ['mine: name must be a string, got 5', { concurrency: 1, name: 5 }],
    ['mine: options must be an object, got 5. It takes concurrency, capacity, timeoutMs', 5],
    ['mine: options must be an object, got an array', []],
  ])('O13: "%s"', (message, options, use = () => {}) => {
    expect(() => read(options, use)).toThrow(OptionError)
    expect(() => read(options, use)).toThrow(message)
  })

  it('O13: an error tells owner, option, value and what is allowed', () => {
    try {
      read({ concurrency: 0 })
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ owner: 'mine', option: 'concurrency', value: 0, allowed: 'a whole number of at least 1' })
    }
  })

  const takes = 'It takes concurrency, capacity, timeoutMs, jitter, eager, order, when, onError, extra, maxWaiting, even, label, name'
  it.each([
    ['concurency', `mine: unknown option "concurency"; did you mean "concurrency"? ${takes}`],
    ['conucrrency', `mine: unknown option "conucrrency"; did you mean "concurrency"? ${takes}`],
    ['CONCURRENCY', `mine: unknown option "CONCURRENCY"; did you mean "concurrency"? ${takes}`],
    ['timeoutMS', `mine: unknown option "timeoutMS"; did you mean "timeoutMs"? ${takes}`],
    ['timeout', `mine: unknown option "timeout"; did you mean "timeoutMs"? ${takes}`],
    ['on_error', `mine: unknown option "on_error"; did you mean "onError"? ${takes}`],
    ['parallelism', `mine: unknown option "parallelism"; did you mean "concurrency"? ${takes}`],
    ['retries', `mine: unknown option "retries"; did you mean "onError"? ${takes}`],
    ['factor', `mine: unknown option "factor". ${takes}`],
    ['toString', `mine: unknown option "toString". ${takes}`],
    ['use', `mine: unknown option "use". ${takes}`],
  ])('O13: an option that nobody takes is refused: %s', (option, message) => {
    expect(() => read({ concurrency: 1, [option]: undefined })).toThrow(new OptionError('mine', option, undefined, 'left out', message))
  })

  it('of two that are near, the nearer one was meant', () => {
    const NEAR = declare('near', () => ({ options: { maxMs: ms().maybe(), minMs: ms().maybe() } }))
    expect(() => NEAR.read({ mimMs: 1 } as never)).toThrow('did you mean "minMs"?')
  })

  it('makes its rules when they are first needed, once', () => {
    let made = 0
    const LAZY = declare('lazy', () => {
      made++
      return { options: { count: whole().or(1) } }
    })
    expect(made).toBe(0)
    LAZY.read({})
    LAZY.read({ count: 2 })
    expect(made).toBe(1)
  })

  it('serves an operator of your own', async () => {
    const TIMES = declare('times', () => ({ args: { factor: number(-100, 100) }, options: { offset: number().or(0) } }))
    const times = (factor: number, options?: { readonly offset?: number; readonly name?: string }) => {
      const { offset, name } = TIMES.read(options, { factor })
      return mapping(name, () => (value: number) => value * factor + offset)
    }
    expect(await from([1, 2]).pipe(times(3, { offset: 1 })).to(toArray()).run()).toEqual([4, 7])
    expect(() => times(3, { ofset: 1 } as never)).toThrow('times: unknown option "ofset"; did you mean "offset"? It takes offset, name')
  })
})
