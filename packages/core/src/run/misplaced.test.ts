import { describe, expect, it } from 'vitest'
import { map, merge } from '@sluice/operators'
import { deadLetter, drain, from, retry, toArray, type Operator, type Sink } from '../index'

describe('what stands in the wrong place of a pipeline is told where it belongs', () => {
  const inPipe = (given: unknown): (() => unknown) => () => from([1]).pipe(given as Operator<number, number>)
  const inTo = (given: unknown): (() => unknown) => () => from([1]).to(given as Sink<number, unknown>)
  const inFrom = (given: unknown): (() => unknown) => () => from(given as Iterable<number>)

  it.each<[string, () => unknown, string]>([
    ['a source in pipe', inPipe(merge([1], [2])), 'pipe: argument 1 is a source. To read it together with this one use mergeWith'],
    ['a sink in pipe', inPipe(toArray()), 'pipe: argument 1 is a sink. A pipeline ends in it: to(sink)'],
    ['a decision in pipe', inPipe(retry({ times: 1 })), 'pipe: argument 1 answered "fail", and an operator answers a source. A decision such as retry(...)'],
    ['a letter box in pipe', inPipe(deadLetter(drain())), 'belongs in onError; the operators are called retrySource and deadLetterItem'],
    ['a function of values in pipe', inPipe((n: number) => n), ''],
    ['a function that answers nothing in pipe', inPipe(() => {}), 'pipe: argument 1 answered undefined, and an operator answers a source'],
    ['nothing in pipe', inPipe(undefined), 'pipe: argument 1 must be an operator such as map(f), got undefined'],
    ['an operator in to', inTo(map((n: number) => n)), 'to: expected a sink such as toArray() or forEach(f), got a function: operators go into pipe(...), and a function of values into forEach(f)'],
    ['a WritableStream in to', inTo(new WritableStream()), 'got an object: see toWritable of @sluice/adapters/web-streams'],
    ['a TransformStream in pipe', inPipe(new TransformStream()), 'got an object: see throughTransform of @sluice/adapters/web-streams'],
    ['a thing whose members throw', inTo({ get write(): never { throw new Error('mine') } }), 'to: expected a sink such as toArray() or forEach(f), got an object'],
    ['a generator function in from', inFrom(function* () { yield 1 }), 'or source, got a function: call the function, or give it to defer(f)'],
    ['a target of events in from', inFrom(new EventTarget()), 'got an object: see fromEvent of @sluice/adapters/events'],
    ['a plain object in from', inFrom({ a: 1 }), 'promise, queue, subscription or source, got an object'],
    ['nothing in to', inTo(null), 'to: expected a sink such as toArray() or forEach(f), got null'],
  ])('%s', (_what, build, message) => {
    // The identity answers its source, which nobody can tell from an operator that adds nothing.
    if (message === '') expect(build).not.toThrow()
    else expect(build).toThrow(message)
  })
})
