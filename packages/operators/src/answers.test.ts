import { expect, it } from 'vitest'
import { AnswerError, drain, from, paginate, PriorityQueue, toArray, unfold, type Operator, type Source } from '@sluice/core'
import { VirtualClock } from '@sluice/testing'
import { batch, batchWhileBusy, buffer, expand, flatMap, mapStateful, mergeSorted, rateLimit, retryItem, map, throttle, windowEventTime } from './index'

type Answer = () => number

/** Operators with a function of the user's that answers a number; what they say of a wrong answer; and a right one. */
const asking: [name: string, asked: string, make: (answer: Answer, onError?: 'skip') => Operator<number, unknown>][] = [
  ['batch', 'weigh', (weigh, onError) => batch(2, { maxWeight: 5, weigh, onError })],
  ['batchWhileBusy', 'weigh', (weigh, onError) => batchWhileBusy({ maxCount: 2, maxWeight: 5, weigh, onError })],
  ['buffer', 'weigh', (weigh, onError) => buffer(2, { maxWeight: 5, weigh, onError })],
  ['buffer', 'priority', (priority, onError) => buffer(2, { levels: 2, priority, onError })],
  ['buffer', 'compare', (compare, onError) => buffer(2, { compare, onError })],
  ['throttle', 'cost', (cost, onError) => throttle({ rate: 5, cost, onError })],
  ['rateLimit', 'cost', (cost, onError) => rateLimit({ rate: 5, cost, onError })],
  ['mergeSorted', 'compare', (compare, onError) => mergeSorted<number>([[5]], compare, { onError })],
  ['windowEventTime', 'time', (time, onError) => windowEventTime<number>({ sizeMs: 10, maxWindows: 1, maxCount: 9, time, onError })],
]
const wrong: unknown[] = [Number.NaN, '1', undefined, null, 1n]

for (const [name, asked, make] of asking) {
  it.each(wrong)(`R42: ${name}: ${asked} that answers %s fails the item, and says so`, async (answer) => {
    const clock = new VirtualClock()
    const run = from([1]).pipe(make(() => answer as number)).to(drain()).run({ clock })
    const error = await clock.runOut(run.then(() => undefined, (failure: unknown) => failure))
    expect(error).toBeInstanceOf(AnswerError)
    expect(error).toMatchObject({ owner: name, asked, value: answer })
    expect((error as Error).message).toContain(`${name}: ${asked} must answer a`)
    expect(run.failure).toMatchObject({ stage: name, item: 1 })
  })

  it(`R42: ${name}: a wrong answer of ${asked} is put before the supervisor`, async () => {
    const clock = new VirtualClock()
    const run = from([1]).pipe(make(() => Number.NaN, 'skip')).to(drain()).run({ clock })
    await clock.runOut(run)
    expect(run.stats().stages.find((stage) => stage.name === name)).toMatchObject({ dropped: 1 })
  })
}

it.each(['batch', 'batchWhileBusy', 'buffer', 'throttle', 'rateLimit'])('R42: %s: below 0 and without end are no answers either', async (name) => {
  const [, , make] = asking.find((each) => each[0] === name)!
  for (const answer of [-1, Infinity]) await expect(from([1]).pipe(make(() => answer)).to(drain()).run()).rejects.toThrow(AnswerError)
})

it('R42: what a queue compares has to be told apart', () => {
  const queue = new PriorityQueue<number>({ capacity: 3, compare: (a, b) => (a === 2 || b === 2 ? Number.NaN : a - b) })
  queue.tryPut(1)
  expect(() => queue.tryPut(2)).toThrow('PriorityQueue: compare must answer a number, got NaN')
  expect(queue.size).toBe(1)
})

it('R42: retryItem does not take a wait that is none for "at once"', async () => {
  let tries = 0
  const failing = map(() => { tries++; throw new Error('busy') })
  const run = from([1]).pipe(retryItem(failing, { times: 3, atLeastMs: () => Number.NaN })).to(drain()).run()
  await expect(run).rejects.toThrow('atLeastMs must answer a finite number of at least 0, got NaN')
  expect(tries).toBe(1)
})

it('R42: chance that is none fails what asks for it', async () => {
  const failing = map(() => { throw new Error('busy') }, { onError: (_error, _item, _attempt, random) => ({ retryAfterMs: random() }) })
  await expect(from([1]).pipe(failing).to(toArray()).run({ random: () => Number.NaN })).rejects.toThrow('run: random must answer a finite number from 0 to 1, got NaN')
})

const shapes: [name: string, make: (answer: unknown) => Source<unknown>, wanted: string, item: unknown][] = [
  ['flatMap', (answer) => from([1]).pipe(flatMap(() => answer as number[])), 'flatMap: its function must answer an iterable', 1],
  ['expand', (answer) => from([1]).pipe(expand(() => answer as number[])), 'expand: extrapolate must answer an iterable', 1],
  ['mapStateful', (answer) => from([1]).pipe(mapStateful(() => 0, () => answer as [number, number])), 'mapStateful: step must answer a pair', 1],
  ['mapStateful', (answer) => from([1]).pipe(mapStateful(() => 0, (sum: number, n: number) => [sum, n] as const, { flush: () => answer as number[] })), 'mapStateful: flush must answer an iterable', undefined],
  ['paginate', (answer) => paginate(1, async () => ({ items: answer as number[] })), 'paginate: fetchPage, as items, must answer an iterable', 1],
  ['unfold', (answer) => unfold(1, () => answer as [number, number]), 'unfold: step must answer a pair', 1],
]
for (const [name, make, wanted, item] of shapes) {
  it.each([Promise.resolve([1]), 5, {}])(`R42: ${wanted}: a function that answers %s instead fails the item, and says so`, async (answer) => {
    const run = make(answer).to(drain()).run()
    const error = await run.then(() => undefined, (failure: unknown) => failure)
    expect(error).toBeInstanceOf(AnswerError)
    expect((error as Error).message).toContain(wanted)
    expect(run.failure).toMatchObject({ stage: name, item })
  })
}

it.each([[[]], [[1]], [[1, 2, 3]]])('R42: a list of another length than two is no pair: %j', async (answer) => {
  const step = () => answer as unknown as [number, number]
  await expect(unfold(1, step).to(drain()).run()).rejects.toThrow('unfold: step must answer a pair')
  const skipping = from([1]).pipe(mapStateful(() => 0, step, { onError: 'skip' })).to(toArray()).run()
  expect(await skipping).toEqual([])
})

it.each([undefined, null, 'page'])('R42: paginate: %s is no page', async (answer) => {
  await expect(paginate(1, async () => answer as unknown as { items: number[] }).to(drain()).run()).rejects.toThrow('paginate: fetchPage must answer a page { items, next }')
})
