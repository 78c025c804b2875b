import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request as it came. */
export interface SeenRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A real server on the loopback. */
export interface TestServer {
  readonly origin: string
  readonly seen: SeenRequest[]
  /** Requests that are being answered, or whose answer was broken off by nobody yet. */
  readonly open: () => number
  readonly close: () => Promise<void>
}

export async function httpServer(answer: (request: SeenRequest, response: ServerResponse) => unknown): Promise<TestServer> {
  const seen: SeenRequest[] = []
  let open = 0
  const server = createServer((request, response) => {
    open++
    response.on('close', () => { open-- })
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => { pieces.push(piece) })
    request.on('end', () => {
      const got = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body: Buffer.concat(pieces).toString() }
      seen.push(got)
      void answer(got, response)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    open: () => open,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => { server.close(resolve) })
    },
  }
}
