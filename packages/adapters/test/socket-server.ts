import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { TestProject } from 'vitest/node'
import { WebSocketServer } from 'ws'

declare module 'vitest' {
  interface ProvidedContext {
    /** A WebSocket server that sends back what it gets; `close 4321` makes it close with that code. */
    readonly socketUrl: string
  }
}

/** Runs in Node, beside the page: pages cannot listen. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer, isBinary) => {
      const [, code] = /^close (\d+)$/.exec(isBinary ? '' : data.toString()) ?? []
      if (code === undefined) socket.send(data, { binary: isBinary })
      else socket.close(Number(code), 'because')
    })
  })
  provide('socketUrl', `ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  return async () => {
    for (const socket of server.clients) socket.terminate()
    server.close()
    await once(server, 'close')
  }
}
