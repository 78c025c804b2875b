import { describe, expect, it } from 'vitest'
import { queueLaws, sinkLaws, sourceLaws, type SinkEntry, type SourceEntry } from '@sluice/testing'
import * as authoring from '../authoring'
import * as core from '../index'
import {
  BoundedQueue, count, defer, drain, first, forEach, from, fromProducer, interval, KeyedQueue, last, paginate,
  PriorityQueue, range, reduce, toArray, toQueue, Topic, toTopic, unfold, using, empty, type Source,
} from '../index'
import { sink, source, DONE } from '../authoring'

const five = [1, 2, 3, 4, 5]
async function* generate(): AsyncGenerator<number> {
  for (const value of five) yield value
}
const filled = (): BoundedQueue<number> => {
  const queue = new BoundedQueue<number>({ capacity: 5 })
  for (const value of five) queue.tryPut(value)
  queue.close()
  return queue
}
/** `interval` never ends: five ticks of it, then the end. */
const ticks = (): Source<unknown> =>
  source('ticks', (stage) => {
    const outlet = stage.open(interval(0.1))
    let left = 5
    return {
      pull(into, limit) {
        if (left === 0) return DONE
        const taken = outlet.pull(into as number[], Math.min(limit, left))
        if (taken > 0) left -= taken
        return taken
      },
    }
  })
const pages = [[1, 2], [], [3, 4, 5]]

const sources: SourceEntry[] = [
  { name: 'from an array', make: () => from(five), expected: five },
  { name: 'from a set', make: () => from(new Set(five)), expected: five },
  { name: 'from a string', make: () => from('abcde'), expected: ['a', 'b', 'c', 'd', 'e'] },
  { name: 'from an async generator', make: () => from(generate()), expected: five, rerunnable: false },
  { name: 'from a promise', make: () => from(Promise.resolve(7)), expected: [7] },
  { name: 'from a queue', make: () => from(filled()), expected: five, rerunnable: false },
  { name: 'from a WHATWG stream', make: () => from(streamOf(five)), expected: five, rerunnable: false },
  { name: 'from a source', make: () => from(range(1, 5)), expected: five },
  { name: 'range', make: () => range(1, 5), expected: five },
  { name: 'empty', make: () => empty(), expected: [] },
  { name: 'unfold', make: () => unfold(1, (n) => (n > 5 ? undefined : [n, n + 1])), expected: five },
  { name: 'defer', make: () => defer(() => five), expected: five },
  { name: 'defer of something asynchronous', make: () => defer(generate), expected: five },
  { name: 'fromProducer', make: () => fromProducer<number>(async ({ push }) => { for (const value of five) await push(value) }, { capacity: 2 }), expected: five },
  { name: 'paginate', make: () => paginate(0, async (page) => ({ items: pages[page] as number[], next: page < 2 ? page + 1 : undefined })), expected: five },
  { name: 'using', make: () => using(() => five, (values) => values, () => {}), expected: five },
  { name: 'using something asynchronous', make: () => using(async () => five, () => generate(), async () => {}), expected: five },
  { name: 'interval', make: ticks, expected: [0, 1, 2, 3, 4] },
]

const summing = (value: unknown): number => (typeof value === 'number' && value === value ? value : 0)
const sinks: SinkEntry[] = [
  { name: 'toArray', make: () => toArray(), expected: (values) => [...values] },
  { name: 'count', make: () => count(), expected: (values) => values.length },
  { name: 'drain', make: () => drain(), expected: () => undefined },
  { name: 'first', make: () => first(), expected: (values) => values[0], wants: 1 },
  { name: 'last', make: () => last(), expected: (values) => values.at(-1) },
  { name: 'reduce', make: () => reduce((sum: number, value: unknown) => sum + summing(value), 0), expected: (values) => values.map(summing).reduce((a, b) => a + b, 0) },
  { name: 'forEach', make: () => forEach(() => {}), expected: () => undefined },
  { name: 'forEach, asynchronous', make: () => forEach(async () => {}), expected: () => undefined },
  { name: 'forEach, asynchronous, four at once', make: () => forEach(async () => {}, { concurrency: 4 }), expected: () => undefined },
  { name: 'forEach, asynchronous now and then', make: () => forEach((value) => (value === 3 ? Promise.resolve() : undefined)), expected: () => undefined },
  { name: 'toQueue', make: () => toQueue({ tryPut: () => true, put: async () => {}, close() {}, fail() {} }), expected: (values) => values.length },
  { name: 'toTopic', make: () => toTopic(new Topic<unknown>({ capacity: 4 }), { preventClose: true }), expected: (values) => values.length },
  { name: 'sink with awaited writes', make: () => sink<unknown, number>('slow', () => {
    let total = 0
    return { write: async (_values, more) => { total += more }, end: async () => total }
  }), expected: (values) => values.length },
]

/** Not `ReadableStream.from`: not every platform has it. */
function streamOf(values: readonly number[]): AsyncIterable<number> {
  return new ReadableStream<number>({
    start(controller) {
      for (const value of values) controller.enqueue(value)
      controller.close()
    },
  })
}

it('S0, K0: every exported source and sink is under law', () => {
  const underLaw = new Set([...sources, ...sinks].map(({ name }) => name.split(/[ ,]/)[0]))
  // Sources without an end and failures are tested by themselves.
  for (const other of ['never', 'failing', 'sink', 'source', 'operator']) underLaw.add(other)
  const missing = Object.entries({ ...core, ...authoring })
    .filter(([name, value]) => typeof value === 'function' && /^[a-z]/.test(name))
    .map(([name]) => name)
    .filter((name) => !underLaw.has(name))
  expect(missing.sort()).toEqual([
    'lookAt', 'whatIf', 'tapStage', 'watchFailures', 'setConcurrency', 'setRate',
    'declare', 'backoffRules', 'named', 'isNameTag', 'described', 'tell', 'tellAt', 'siteAbove', 'captureSites', 'sharedParts', 'unseen', 'explain', 'graphOf', 'describePipeline', 'check', 'rule', 'whole', 'number', 'ms', 'words',
    'hasCode', 'knownIn', 'isBranded', 'orderOf', 'answeredIterator', 'answeredNumber', 'answeredOrder', 'answeredPair', 'sharesFailure', 'steadyClock', 'isThenable', 'promiseOf', 'ownPromise', 'iteratorResult', 'describeValue', 'printValue', 'printError', 'messageOf',
    'flag', 'optionsOf', 'checkOnError', 'backoffOf', 'rateOf', 'coded', 'ackAll', 'afterTickets', 'issueTicket', 'joinTickets', 'nackAll', 'readsLive', 'reasonOf', 'shared', 'asyncOperator', 'expanding', 'filtering',
    'mapping', 'diagnose', 'failureOf', 'brand', 'watchRuns', 'forestallRuns', 'onRunEnd', 'carryContext', 'aroundCalls', 'calledWithin', 'injectedContext', 'surrounded', 'valueContexts', 'watchWarnings', 'withContexts', 'filledText', 'runRules', 'yesNo', 'answeredAtOnce', 'oneByOne', 'unlessOf', 'drive', 'isDrivable', 'failedElsewhere', 'heldUp', 'callable', 'finiteNumber', 'oneOf', 'wholeNumber', 'wholeOrInfinite', 'deadLetter', 'retry', 'macrotask',
  ].sort())
})

describe.each(sources)('$name', (entry) => {
  for (const { name, run } of sourceLaws(entry)) it(name, run)
})

describe.each(sinks)('$name', (entry) => {
  for (const { name, run } of sinkLaws(entry)) it(name, run)
})

describe.each([
  { name: 'BoundedQueue', make: (capacity: number) => new BoundedQueue<number>({ capacity }) },
  { name: 'BoundedQueue by weight', make: (capacity: number) => new BoundedQueue<number>({ capacity, weigh: () => 1, maxWeight: 100 }) },
  { name: 'PriorityQueue by order', make: (capacity: number) => new PriorityQueue<number>({ capacity, compare: (a, b) => b - a }), order: (values: readonly number[]) => [...values].sort((a, b) => b - a) },
  { name: 'PriorityQueue by levels', make: (capacity: number) => new PriorityQueue<number>({ capacity, levels: 2, priority: (value) => value % 2 }),
    order: (values: readonly number[]) => [...values.filter((value) => value % 2 === 0), ...values.filter((value) => value % 2 === 1)] },
  { name: 'KeyedQueue', make: (capacity: number) => new KeyedQueue<number, number>({ capacity, key: () => 0 }) },
])('$name', (entry) => {
  for (const { name, run } of queueLaws(entry)) it(name, run)
})
