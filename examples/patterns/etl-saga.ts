/**
 *   lines ──▶ parse ──▶ saga: reserve, then charge ──▶ batches ──▶ warehouse
 *               └─▶ dead letters ◀─┘ what was done is undone, the last step first
 *
 * Extract, transform, load, and nothing is lost or left half done: what cannot be parsed, or fails in a step, is written
 * down with its reason. Trouble that passes is tried again first, from a clean slate.
 */
import { batch, deadLetter, type DeadLetter, forEach, from, map, mapAsync, retry, toArray } from 'sluice'

interface Order { readonly id: string; readonly item: string; readonly euros: number }
/** Does its part of an order, and answers how to undo it. */
type Step = (order: Order) => Promise<() => void>

const lines = ['1,lamp,40', '2,sofa,800', '3,sofa,950', '4,?', '5,lamp,40', '6,lamp,40', '7,sofa,800']
const stock = new Map([['lamp', 2], ['sofa', 2]])
const paid = new Set<string>()
const journal: string[] = []

function parse(line: string): Order {
  const [id, item, euros] = line.split(',')
  if (id && item && euros) return { id, item, euros: Number(euros) }
  throw new Error('not an order')
}

const reserve: Step = async ({ id, item }) => {
  const left = stock.get(item) ?? 0
  if (left === 0) throw new Error(`no ${item} left`)
  stock.set(item, left - 1)
  return () => {
    stock.set(item, (stock.get(item) ?? 0) + 1)
    journal.push(`undone: order ${id} has given its ${item} back`)
  }
}
const charge: Step = async ({ id, euros }) => {
  if (euros > 900) throw new Error('card declined')
  if (id === '2' && journal.length === 0) throw new Error('bank timeout') // passes
  paid.add(id)
  return () => paid.delete(id)
}

async function saga(order: Order): Promise<Order> {
  const undos: (() => void)[] = []
  try {
    for (const step of [reserve, charge]) undos.unshift(await step(order))
    return order
  } catch (error) {
    for (const undo of undos) undo()
    throw error
  }
}

const letters = deadLetter(forEach<DeadLetter>(({ item, error }) => { journal.push(`dead letter: ${JSON.stringify(item)}: ${String(error)}`) }))
const loaded = await from(lines).pipe(
  map(parse, { onError: letters }),
  mapAsync(saga, { concurrency: 1, onError: retry({ times: 2, when: (error) => String(error).includes('timeout'), then: letters }) }),
  batch(2),
).to(toArray()).run() // to a warehouse: forEach((orders) => table.insert(orders))
console.log('loaded:', loaded.map((orders) => orders.map(({ id }) => id).join(' + ')).join(', '))
console.log([...journal.sort(), `paid: ${[...paid].join(', ')}`, `left: ${stock.get('lamp')} lamps, ${stock.get('sofa')} sofas`].join('\n'))
