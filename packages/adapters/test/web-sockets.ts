import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { WebSocket, WebSocketServer } from 'ws'

/** Two ends of a real connection over the loopback. */
export interface SocketPair {
  readonly client: WebSocket
  readonly server: WebSocket
  /** Listeners on both ends beyond those that were there. */
  readonly held: () => number
  readonly close: () => Promise<void>
}

export async function socketPair(): Promise<SocketPair> {
  const listening = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(listening, 'listening')
  const client = new WebSocket(`ws://127.0.0.1:${(listening.address() as AddressInfo).port}`)
  const [[server]] = (await Promise.all([once(listening, 'connection'), once(client, 'open')])) as unknown as [[WebSocket]]
  const count = (): number => [client, server].reduce((sum, socket) => sum + socket.eventNames().reduce((n, name) => n + socket.listenerCount(name), 0), 0)
  const before = count()
  return {
    client,
    server,
    held: () => count() - before,
    async close() {
      client.terminate()
      server.terminate()
      await new Promise((resolve) => { listening.close(resolve) })
    },
  }
}
