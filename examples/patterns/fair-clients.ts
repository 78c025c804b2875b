/**
 *   ann ×6 ──┐    ┌ ann  a a a a ┐
 *   bob ×1 ──┼──▶ ┤ bob  b       ├ ──▶ in turns: a b c a c a a
 *   cyd ×2 ──┘    └ cyd  c c     ┘
 *
 * Several clients, one consumer. In a plain queue whoever floods it comes first and the others wait behind; here clients
 * take turns, and each has a bound of its own, so that one cannot use up the room of all.
 */
import { KeyedQueue } from 'sluice'

interface Request { readonly client: string; readonly n: number }

const requests = new KeyedQueue<Request, string>({ capacity: 10, perKey: 4, key: ({ client }) => client })

function ask(client: string, times: number): void {
  for (let n = 1; n <= times; n++) {
    if (!requests.tryPut({ client, n })) console.log(`${client} ${n}: too many requests, ask again later`)
  }
}

ask('ann', 6)
ask('bob', 1)
ask('cyd', 2)
requests.close()

const served: string[] = []
for await (const { client, n } of requests) served.push(`${client} ${n}`)
console.log('served:', served.join(', '))
