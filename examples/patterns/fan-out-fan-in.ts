/**
 *             ┌──▶ worker ──┐
 *   numbers ──┼──▶ worker ──┼──▶ results, merged
 *             └──▶ worker ──┘
 *
 * Split the work, merge the results. `mapAsync` gives them back in the order of the input, `mapAsyncUnordered` as they
 * come, `balance` has a whole branch per worker. None collects all results to sort them in the end.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { balance, map, mapAsync, mapAsyncUnordered, range, toArray } from 'sluice'

let running = 0
let mostRunning = 0

async function square(n: number): Promise<number> {
  mostRunning = Math.max(mostRunning, ++running)
  await sleep(n === 1 ? 40 : 2) // the first one is by far the slowest
  running--
  return n * n
}

const ordered = await range(1, 9).pipe(mapAsync(square, { concurrency: 3 })).to(toArray()).run()
console.log('ordered:  ', ordered.join(' '))

const asTheyCome = await range(1, 9).pipe(mapAsyncUnordered(square, { concurrency: 3 })).to(toArray()).run()
console.log('unordered: the slowest is not the first:', asTheyCome[0] !== 1, '· none is missing:', sorted(asTheyCome))

const branches = await range(1, 9).pipe(balance(3, (source) => source.pipe(
  mapAsync(square, { concurrency: 1 }), // a worker of its own,
  map((n) => -n), // and all that comes after it
))).to(toArray()).run()
console.log('branches:  none is missing:', sorted(branches.map((n) => -n)))
console.log('workers at once:', mostRunning)

function sorted(values: number[]): string {
  return [...values].sort((a, b) => a - b).join(' ')
}
