import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { randomOf } from './random'

/** How bad a day the server has. */
export interface ServerOptions {
  /** Where files are kept. */
  readonly folder: string
  /** Part of the requests that are answered 503, 0 to 1. */
  readonly unavailable: number
  /** What those are told to wait, in s. */
  readonly retryAfterS: number
  /** Part of the requests that are slow, 0 to 1, and how slow, in ms. */
  readonly slow: number
  readonly slowMs: number
  readonly seed: number
}

/** A server at work. */
export interface PhotoServer {
  readonly url: string
  /** `doubled` counts files that were stored a second time. */
  readonly counts: { stored: number; doubled: number; unavailable: number; slow: number; bytes: number }
  close(): Promise<void>
}

/** `<photo>/<size>.<format>`; no dots that climb. */
const PATH = /^\/([^/]+)\/([a-z]+\.(?:webp|avif))$/

const MOST_BYTES = 32 * 2 ** 20

/** Starts an HTTP server on loopback that keeps what is PUT, and is sometimes slow and sometimes overloaded. */
export async function startServer(options: ServerOptions): Promise<PhotoServer> {
  const counts = { stored: 0, doubled: 0, unavailable: 0, slow: 0, bytes: 0 }
  const random = randomOf(options.seed)
  const known = new Set<string>()
  const open = new Set<Promise<void>>()
  const closing = new AbortController()

  /** Answers the status. */
  const answer = async (request: IncomingMessage): Promise<number> => {
    const [, photo = '', file = ''] = PATH.exec(request.url ?? '') ?? []
    const name = decodeURIComponent(photo)
    if (request.method !== 'PUT' || name === '' || name.startsWith('.') || name.includes('/')) return 404
    const [fails, lags] = [random() < options.unavailable, random() < options.slow]
    if (lags) {
      counts.slow++
      await sleep(options.slowMs, undefined, { signal: closing.signal })
    }
    if (fails) {
      counts.unavailable++
      return 503
    }
    if (!(Number(request.headers['content-length']) <= MOST_BYTES)) return 413
    const body = await buffer(request)
    const path = join(options.folder, name, file)
    keep(path, body)
    counts.stored++
    counts.bytes += body.length
    if (known.has(path)) counts.doubled++
    known.add(path)
    return 201
  }

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const status = await answer(request)
      // The rest of the body has to be read, or the connection cannot be used again.
      request.resume()
      if (status === 503) response.setHeader('retry-after', options.retryAfterS)
      response.writeHead(status).end()
    } catch {
      // The client has gone, or this server is closing.
      response.destroy()
    }
  }

  const server = createServer((request, response) => {
    const work = respond(request, response).finally(() => open.delete(work))
    open.add(work)
  })
  await new Promise<void>((resolve, reject) => { server.once('error', reject).listen(0, '127.0.0.1', resolve) })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    counts,
    /** Cuts connections, and waits until nobody is being answered. */
    async close() {
      closing.abort()
      const closed = new Promise<void>((resolve) => { server.close(() => { resolve() }) })
      server.closeAllConnections()
      await Promise.all([closed, ...open])
    },
  }
}

/** Synchronously: what is not synchronous would stand in line with the pictures for the four threads that this process has. */
function keep(path: string, body: Buffer): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(`${path}.part`, body)
  renameSync(`${path}.part`, path)
}
