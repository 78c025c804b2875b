import { threadId } from 'node:worker_threads'
import { defineWorker } from '@sluice/adapters/worker-thread'

/** What a test wants of a thread. */
export type Order =
  | { readonly do: 'give'; readonly value: unknown }
  | { readonly do: 'throw'; readonly message: string }
  | { readonly do: 'exit'; readonly code: number; readonly untilAttempt?: number }
  | { readonly do: 'throw later' }
  | { readonly do: 'no memory' }
  | { readonly do: 'hang' }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'wait for abort'; readonly board: Int32Array }
  | { readonly do: 'burn'; readonly ms: number }
  | { readonly do: 'give a function' }
  | { readonly do: 'count'; readonly board: Int32Array; readonly at: number }
  | { readonly do: 'tell thread' }

export class Peculiar extends Error {
  override readonly name = 'Peculiar'
  readonly code = 'E_PECULIAR'
}

function burn(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until) Math.random()
}

function deepInTheWorker(message: string): never {
  throw new Peculiar(message, { cause: new TypeError('the reason') })
}

export const worker = defineWorker(async (order: Order, { signal, attempt }): Promise<unknown> => {
  switch (order.do) {
    case 'give': return order.value
    case 'throw': return deepInTheWorker(order.message)
    case 'exit':
      if (attempt >= (order.untilAttempt ?? Infinity)) return attempt
      return process.exit(order.code)
    case 'throw later':
      setTimeout(() => { throw new Peculiar('nobody catches this') }, 1)
      return new Promise(() => {})
    case 'no memory': {
      const hoard: number[][] = []
      for (;;) hoard.push(Array.from({ length: 100_000 }, Math.random))
    }
    case 'hang': for (;;) Math.random()
    case 'wait':
      await new Promise((resolve) => { setTimeout(resolve, order.ms) })
      return order.ms
    case 'wait for abort':
      Atomics.store(order.board, 0, 1)
      await new Promise<void>((resolve) => { signal.addEventListener('abort', () => { resolve() }) })
      Atomics.store(order.board, 1, (signal.reason as Error).message.length)
      return 'aborted'
    case 'burn':
      burn(order.ms)
      return order.ms
    case 'give a function': return () => {}
    case 'count': return Atomics.add(order.board, order.at, 1) + 1
    case 'tell thread':
      // Work enough that the others have a chance.
      burn(3)
      return threadId
  }
})
