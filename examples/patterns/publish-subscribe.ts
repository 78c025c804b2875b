/**
 *                              ┌──▶ display   wait          gets all, and may hold the publisher
 *   publish ──▶ one ring of 4 ─┼──▶ gauge     drop-oldest   wants the latest only
 *                              └──▶ mailer    disconnect    cut off when it is too slow
 *
 * Every subscriber gets every message, in one order, and says itself what happens when it is too slow. Each message is
 * kept once, however many subscribe: no unbounded buffer per listener, and nobody is lost without being told.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { type Subscription, Topic } from 'sluice'

const prices = new Topic<number>({ capacity: 4, replay: 2, name: 'prices' })

async function display(subscription: Subscription<number>): Promise<string> {
  const seen: number[] = []
  for await (const price of subscription) {
    await turn() // draws it; the publisher waits where that takes too long
    seen.push(price)
  }
  return seen.join(' ')
}

const displayed = display(prices.subscribe())
const gauge = prices.subscribe({ policy: 'drop-oldest', lag: 1 })
const mailer = prices.subscribe({ policy: 'disconnect', lag: 3 })

for (let price = 1; price <= 10; price++) await prices.publish(price)
console.log(`published ${prices.published}, still kept ${prices.size}, subscribers left ${prices.subscribers}`)

const late = display(prices.subscribe()) // starts with the last two
prices.close()

console.log('display:', await displayed)
console.log('gauge:  ', gauge.tryTake(), `(${gauge.dropped} outdated ones dropped)`)
console.log('mailer: ', await mailer.take().catch(String))
console.log('late:   ', await late)
console.log('after the end:', await display(prices.subscribe()))
