/**
 *                        ┌─ mail ──▶ 2 senders ──▶ ┐
 *   messages ──▶ route ──┼─ sms ───▶ 1 sender ───▶ ┼──▶ receipts
 *                        └─ other ─▶ unroutable    ┘
 *
 * Each message goes to the consumer for its type, each with workers of its own. The buffer in front of each branch keeps
 * a slow type from stopping the others at once, and what has no consumer goes somewhere, too, instead of being lost.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { forEach, from, mapAsync, route, toArray } from 'sluice'

interface Message { readonly type: 'mail' | 'sms' | 'fax'; readonly to: string }

const messages: Message[] = [
  { type: 'mail', to: 'ada' }, { type: 'sms', to: '555-01' }, { type: 'fax', to: '555-02' },
  { type: 'mail', to: 'bob' }, { type: 'mail', to: 'cyd' }, { type: 'sms', to: '555-03' },
]

async function send({ type, to }: Message): Promise<string> {
  await sleep(2)
  return `${type} to ${to}`
}

const unroutable: string[] = []

const receipts = await from(messages).pipe(route(
  {
    mail: (source) => source.pipe(mapAsync(send, { concurrency: 2 })),
    sms: (source) => source.pipe(mapAsync(send, { concurrency: 1 })),
  },
  (message) => message.type,
  {
    slowBranch: { buffer: 4 },
    otherwise: (source) => source.to(forEach(({ type, to }) => { unroutable.push(`${type} to ${to}`) })),
  },
)).to(toArray()).run()

console.log('by mail:', receipts.filter((receipt) => receipt.startsWith('mail')).join(', '))
console.log('by sms:', receipts.filter((receipt) => receipt.startsWith('sms')).join(', '))
console.log('no consumer for:', unroutable.join(', '))
