import { defineWorker } from '@sluice/adapters/worker-thread'
import type { Order } from './jobs.worker'

/** Counts the bytes it was handed, unless it is to fail. */
export const worker = defineWorker(({ bytes, order }: { readonly bytes: Uint8Array; readonly order: Order }): number => {
  if (order.do === 'throw') throw new Error(order.message)
  if (order.do === 'exit') process.exit(order.code)
  return bytes.length
})
