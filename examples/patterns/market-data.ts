/**
 *   feed 1 ──┐
 *   feed 2 ──┼──▶ merge ──▶ { latest price of each symbol } ──▶ algorithm, slower than the feeds
 *   feed 3 ──┘
 *
 * Feeds that cannot be slowed down and values that get old. A queue of old prices would be worse than none: what came
 * while the algorithm was busy is folded into one map, as large as there are symbols, and no price is acted on late.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { conflateWithSeed, forEach, from, mergeWith, tap } from 'sluice'

interface Tick { readonly symbol: string; readonly price: number }

async function* feed(symbol: string, firstPrice: number): AsyncGenerator<Tick> {
  for (let n = 0; n < 100; n++) {
    if (n % 10 === 0) await turn() // a packet of ten ticks
    yield { symbol, price: firstPrice + n }
  }
}

let ticks = 0
let decisions = 0
let mostSymbols = 0
const known = new Map<string, number>()

await from(feed('AAA', 100)).pipe(
  mergeWith(feed('BBB', 500), feed('CCC', 900)),
  tap(() => { ticks++ }),
  conflateWithSeed(
    ({ symbol, price }: Tick) => new Map([[symbol, price]]),
    (latest, { symbol, price }) => latest.set(symbol, price),
  ),
).to(forEach(async (latest) => {
  await turn() // the algorithm thinks
  await turn()
  decisions++
  mostSymbols = Math.max(mostSymbols, latest.size)
  for (const [symbol, price] of latest) known.set(symbol, price)
})).run()

console.log(`${ticks} ticks, fewer decisions than ticks: ${decisions < ticks}`)
console.log(`held at most ${mostSymbols} prices, one for each symbol`)
console.log('last prices:', [...known].sort().map(([symbol, price]) => `${symbol} ${price}`).join(', '))
