/**
 *                         ┌─ shop ──▶ 1 2 3 …   in order, one at a time for each receiver,
 *   events ──▶ by whom ───┼─ blog ──▶ 1 1 2 …   tried again after a failure,
 *                         └─ gone ──▶ ✗         given up after three tries: dead letters
 *
 * Notifications to many receivers, one of which is always down. In one line behind each other a dead receiver would hold up
 * all; at random their events would overtake each other. Here each receiver has a line of its own, within one bound.
 */
import { deadLetter, type DeadLetter, drain, forEach, from, mapAsyncKeyed, retry } from 'sluice'
import { serve } from './local/server'

interface Event { readonly to: string; readonly n: number }

const received = new Map<string, string[]>()
let blogHiccups = 1
const receivers = await serve(async ({ url = '' }, response) => {
  const [, name = '', n = ''] = url.split('/')
  const isDown = name === 'gone' || (name === 'blog' && blogHiccups-- > 0)
  received.set(name, [...(received.get(name) ?? []), isDown ? `${n}✗` : n])
  response.statusCode = isDown ? 503 : 200
  response.end()
})

async function post({ to, n }: Event): Promise<void> {
  const response = await fetch(`${receivers.base}/${to}/${n}`, { method: 'POST' })
  if (!response.ok) throw new Error(`status ${response.status}`)
}

const events: Event[] = [1, 2, 3, 4].flatMap((n) => ['shop', 'blog', 'gone'].map((to) => ({ to, n })))
const letters: string[] = []
const giveUp = deadLetter<Event>(forEach(({ item, attempt, error }: DeadLetter<Event>) => {
  letters.push(`to ${item.to}, event ${item.n}: ${String(error)}, ${attempt} tries`)
}))

await from(events).pipe(mapAsyncKeyed(({ to }) => to, post, {
  concurrency: 3,
  maxPending: 12, // how many events may wait behind busy receivers
  onError: retry({ times: 2, delayMs: 2, then: giveUp }),
})).to(drain()).run()
receivers.close()

for (const name of ['shop', 'blog', 'gone']) console.log(`${name}: ${received.get(name)?.join(' ')}`)
for (const letter of letters) console.log('dead letter:', letter)
