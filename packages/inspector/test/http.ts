import { request, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'

/** What was answered. */
export interface Answered {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** One request, with exactly these headers. */
export async function ask(port: number, path: string, { method = 'GET', headers = {}, body, host = '127.0.0.1' }: {
  readonly method?: string; readonly headers?: Readonly<Record<string, string>>; readonly body?: string; readonly host?: string
} = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, path, method, headers: { connection: 'close', ...headers } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => { text += chunk })
      response.on('end', () => { resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }) })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Bytes as they are, and what comes back until the other end closes. */
export async function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.setTimeout(5000, () => socket.destroy())
    socket.on('data', (chunk) => { text += chunk.toString() })
    socket.on('error', () => {})
    socket.on('close', () => { resolve(text) })
  })
}

/** Reads the lines of a stream as frames, until it is closed. */
export async function* framesOf(url: string, path: string, signal?: AbortSignal): AsyncGenerator<Record<string, unknown>> {
  const [base, token] = url.split('#') as [string, string]
  const response = await fetch(base.slice(0, -1) + path, { headers: { authorization: `Bearer ${token}` }, ...(signal && { signal }) })
  let rest = ''
  for await (const chunk of (response.body as unknown as AsyncIterable<Uint8Array>)) {
    const lines = (rest + Buffer.from(chunk).toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line)
  }
}
