import { EventEmitter } from 'node:events'
import { PassThrough, Writable } from 'node:stream'
import { Subject } from 'rxjs'
import { expect, it } from 'vitest'
import { from, toArray, type Operator, type Sink } from '@sluice/core'
import { mapWorkers } from '@sluice/adapters/workers'

const inFrom = (given: unknown): (() => unknown) => () => from(given as Iterable<number>)
const inPipe = (given: unknown): (() => unknown) => () => from([1]).pipe(given as Operator<number, number>)
const inTo = (given: unknown): (() => unknown) => () => from([1]).to(given as Sink<number, unknown>)

it.each<[string, () => unknown, string]>([
  ['a Subject of RxJS in from', inFrom(new Subject()), 'from: expected an iterable, async iterable, promise, queue, subscription or source, got an object: see fromObservable of @sluice/adapters/rxjs'],
  ['an emitter in from', inFrom(new EventEmitter()), 'got an object: see fromEvent of @sluice/adapters/events'],
  ['a Writable of Node in to', inTo(new Writable()), 'to: expected a sink such as toArray() or forEach(f), got an object: see toNodeWritable of @sluice/adapters/node-streams'],
  ['a Writable of Node in pipe', inPipe(new Writable()), 'pipe: argument 1 must be an operator such as map(f), got an object: see toNodeWritable of @sluice/adapters/node-streams'],
  ['a Transform of Node in pipe', inPipe(new PassThrough()), 'got an object: see throughNode of @sluice/adapters/node-streams'],
])('a thing of the platform is told which bridge leads to it: %s', (_given, build, message) => {
  expect(build).toThrow(message)
})

it('a function of items in the place of a script fails the run, and says where such a function belongs', async () => {
  const double = (n: number): number => n * 2
  const run = from([1]).pipe(mapWorkers<number, number>(double as never, { threads: 1 })).to(toArray()).run()
  await expect(run).rejects.toMatchObject({
    code: 'SLUICE_THREAD', kind: 'start',
    message: 'mapWorkers: the function must answer a new Worker, got NaN. What a thread does stands in a script of its own, in defineWorker(...)',
  })
})
