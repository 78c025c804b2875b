/**
 *                        ┌─ mail ──▶ 2 senders ──▶ ┐
 *   messages ──▶ route ──┼─ sms ───▶ 1 sender ───▶ ┼──▶ receipts
 *                        └─ other ─▶ unroutable    ┘
 *
 * Each message goes to the consumer for its type, each with workers of its own. The buffer in front of each branch keeps
 * a slow type from stopping the others at once, and what has no consumer goes somewhere, too, instead of being lost.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { forEach, from, toArray } from '@sluice/core'
import { mapAsync, route } from '@sluice/operators'

type Message =
  | { readonly type: 'mail'; readonly to: string }
  | { readonly type: 'sms'; readonly number: string }
  | { readonly type: 'fax'; readonly line: number }

const messages: Message[] = [
  { type: 'mail', to: 'ada' }, { type: 'sms', number: '555-01' }, { type: 'fax', line: 7 },
  { type: 'mail', to: 'bob' }, { type: 'mail', to: 'cyd' }, { type: 'sms', number: '555-02' },
]

async function send(message: Message): Promise<string> {
  await sleep(2)
  return message.type === 'mail' ? `mail to ${message.to}` : `sms to ${message.type === 'sms' ? message.number : '?'}`
}

const unroutable: string[] = []

const receipts = await from(messages).pipe(route(
  {
    mail: (source) => source.pipe(mapAsync(send, { concurrency: 2 })),
    sms: (source) => source.pipe(mapAsync(send, { concurrency: 1 })),
  },
  (message) => message.type,
  { slowBranch: { buffer: 4 }, otherwise: (source) => source.to(forEach(({ type }) => { unroutable.push(type) })) },
)).to(toArray()).run()

const ofType = (type: string): string => receipts.filter((receipt) => receipt.startsWith(type)).join(', ')
console.log('mail:', ofType('mail'))
console.log('sms: ', ofType('sms'))
console.log('no consumer for:', unroutable.join(', '))
