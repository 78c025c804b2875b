/**
 *                            ┌──▶ consumer 1     each message goes to
 *   producer ──▶ [ queue ] ──┼──▶ consumer 2     exactly one of them,
 *                            └──▶ consumer 3     the next one that is free
 *
 * A work queue. One consumer alone would be the bottleneck, and dealing messages out in turn would let a slow one pile
 * them up; consumers that compete share the work by how fast they are.
 */
import { BoundedQueue, from, toQueue } from 'sluice'

const queue = new BoundedQueue<number>({ capacity: 10 })
const handledBy = new Map<number, string[]>()
const messages = Array.from({ length: 30 }, (_, index) => index + 1)

function handled(message: number, consumer: string): void {
  handledBy.set(message, [...(handledBy.get(message) ?? []), consumer])
}

async function consumer(name: string): Promise<void> {
  for await (const message of queue) handled(message, name)
}

async function slowConsumer(name: string, until: Promise<unknown>): Promise<void> {
  for await (const message of queue) {
    await until // as slow as can be: its one message takes as long as all the others
    handled(message, name)
  }
}

const fast = Promise.all([consumer('fast 1'), consumer('fast 2')])
const slow = slowConsumer('slow', fast)
await from(messages).to(toQueue(queue)).run() // fills the queue and closes it
await Promise.all([fast, slow])

const share = (name: string): number => [...handledBy.values()].flat().filter((by) => by === name).length
console.log(`messages: ${messages.length}, handled: ${handledBy.size}`)
console.log(`each by one consumer: ${[...handledBy.values()].every((by) => by.length === 1)}`)
console.log(`by the slow consumer: ${share('slow')}`)
console.log(`by the two fast ones: ${share('fast 1') + share('fast 2')}, both had work: ${share('fast 1') > 0 && share('fast 2') > 0}`)
