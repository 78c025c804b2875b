import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A real HTTP server on a free port of this machine. */
export interface LocalServer {
  readonly base: string
  close(): void
}

/** Starts one; resolves when it listens. A handler that fails ends the program: examples hide nothing. */
export async function serve(handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>): Promise<LocalServer> {
  const server = createServer((request, response) => { void handle(request, response) })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  return {
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
