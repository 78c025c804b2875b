import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { hostsOf } from './guard'
import { Routes, type RoutesOptions } from './routes'

/** Ends what is slow to ask, in ms. */
const REQUEST_MS = 10_000

/** Serves HTTP at one loopback address, and at its sister of the other protocol family where there is one. */
export class InspectorServer {
  readonly #routes: Routes
  readonly #servers: Server[] = []
  #hosts: ReadonlySet<string> = new Set()
  #url = ''

  constructor(options: Omit<RoutesOptions, 'hosts'>) {
    this.#routes = new Routes({ ...options, hosts: () => this.#hosts })
  }

  /** Without the token. */
  get url(): string {
    return this.#url
  }

  get port(): number {
    return (this.#servers[0]?.address() as AddressInfo | null | undefined)?.port ?? 0
  }

  /** Rejects where the port is taken. */
  async listen(host: string, port: number, keepsAlive: boolean): Promise<void> {
    const first = this.#make(keepsAlive)
    await listening(first, host, port)
    const bound = (first.address() as AddressInfo).port
    this.#hosts = hostsOf(host, bound)
    this.#url = `http://${host.includes(':') ? `[${host}]` : host}:${bound}/`
    if (host === '127.0.0.1') {
      // `localhost` may lead to ::1; a machine without IPv6 has none, and the port there may be somebody else's.
      const sister = this.#make(keepsAlive)
      await listening(sister, '::1', bound).catch(() => { this.#servers.pop() })
    }
    if (!keepsAlive) for (const server of this.#servers) server.unref()
  }

  /** From now on the process stays alive while the page is served. */
  ref(): void {
    for (const server of this.#servers) server.ref()
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => new Promise<void>((resolve) => {
      server.close(() => { resolve() })
      server.closeAllConnections()
    })))
  }

  #make(keepsAlive: boolean): Server {
    const server = createServer({ headersTimeout: REQUEST_MS, requestTimeout: REQUEST_MS, keepAliveTimeout: 5000, maxHeaderSize: 8192 }, (request, response) => {
      response.on('error', () => {})
      this.#routes.answer(request, response).catch(() => { response.destroy() })
    })
    server.maxConnections = 64
    // A socket alone keeps the process alive, as its server does.
    if (!keepsAlive) server.on('connection', (socket) => { socket.unref() })
    // A second protocol would be a second door.
    server.on('upgrade', (_request, socket) => { socket.destroy() })
    server.on('connect', (_request, socket) => { socket.destroy() })
    server.on('clientError', (_error, socket) => {
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n')
      else socket.destroy()
    })
    this.#servers.push(server)
    return server
  }
}

async function listening(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
