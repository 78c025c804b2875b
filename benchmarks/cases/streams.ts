import { Readable } from 'node:stream'
import { fromNode, toNode } from '@sluice/adapters/node-streams'
import { fromReadable, toReadable } from '@sluice/adapters/web-streams'
import { count, from, range } from '@sluice/core'
import type { Case } from '../case'

const VALUES = 50_000

/** Counts by the platform's own loop. */
async function loop(stream: AsyncIterable<unknown>): Promise<number> {
  let values = 0
  for await (const _ of stream) values++
  return values
}

const webStream = (): ReadableStream<number> => {
  let next = 0
  return new ReadableStream({
    pull(controller) {
      if (next === VALUES) controller.close()
      else controller.enqueue(next++)
    },
  })
}
async function* generator(): AsyncGenerator<number> {
  for (let next = 0; next < VALUES; next++) yield next
}
const generated = (highWaterMark: number): ReadableStream<number> => {
  const values = generator()
  return new ReadableStream({
    async pull(controller) {
      const result = await values.next()
      if (result.done === true) controller.close()
      else controller.enqueue(result.value)
    },
  }, { highWaterMark })
}
const nodeStream = (): Readable => {
  let next = 0
  return new Readable({
    objectMode: true,
    read() {
      this.push(next === VALUES ? null : { n: next++ })
    },
  })
}
/** At most 1.3 times what the platform takes. */
const goals = [{ rival: 'platform', atLeast: 1 / 1.3 }]

/** Bridges against the platform's own `for await` over the same stream. */
export const streams: readonly Case[] = [
  {
    name: 'from-readable', what: `a ReadableStream of ${VALUES} numbers, counted`, values: VALUES, goals,
    contenders: { sluice: () => Promise.resolve(fromReadable(webStream()).to(count()).run()), platform: () => loop(webStream()) },
  },
  {
    name: 'to-readable', what: `${VALUES} numbers as a ReadableStream, counted by for await`, values: VALUES, goals,
    contenders: {
      sluice: () => loop(toReadable(range(0, VALUES))),
      platform: () => loop(webStream()),
    },
  },
  {
    name: 'from-readable-async', what: `a ReadableStream of ${VALUES} numbers of an async generator, counted`, values: VALUES, goals,
    contenders: { sluice: () => Promise.resolve(fromReadable(generated(1)).to(count()).run()), platform: () => loop(generated(1)) },
  },
  {
    name: 'to-readable-ahead', what: `${VALUES} numbers of an async generator as a ReadableStream that reads 16 ahead`, values: VALUES, goals,
    contenders: { sluice: () => loop(toReadable(from(generator()), { highWaterMark: 16 })), platform: () => loop(generated(16)) },
  },
  {
    name: 'from-node', what: `a Readable of ${VALUES} objects, counted`, values: VALUES, goals,
    contenders: { sluice: () => Promise.resolve(fromNode(nodeStream()).to(count()).run()), platform: () => loop(nodeStream()) },
  },
  {
    name: 'to-node', what: `${VALUES} numbers as a Readable, counted by for await`, values: VALUES, goals,
    contenders: { sluice: () => loop(toNode(range(1, VALUES), { objectMode: true })), platform: () => loop(nodeStream()) },
  },
]
