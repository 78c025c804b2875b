import { redactUrl } from './redact-url'

/** As many as `fetch` follows. */
const MAX_HOPS = 20
/** Headers that are for one server only; `fetch` leaves them out, too, where a redirection leads to another one. */
const PRIVATE = ['authorization', 'cookie', 'proxy-authorization']

/** A redirection on which what was sent would be lost. */
export class RedirectError extends Error {
  override readonly name = 'RedirectError'
  readonly code = 'SLUICE_REDIRECT'
}

/**
 * Sends a request that has a body, and follows where it is led with the same method and body. `fetch` by itself would make a GET of a
 * POST (301, 302) or of anything (303), and the answer to that says nothing about what was sent.
 *
 * @param first made with `redirect: 'manual'`.
 * @param send sends a request once.
 * @throws RedirectError where following would mean to send something else.
 */
export async function follow(first: Request, body: string, send: (request: Request) => Promise<Response>): Promise<Response> {
  let request = first
  const { method, signal } = first
  for (let hops = 0; ; hops++) {
    const response = await send(request)
    // A browser hides where to.
    if (response.type === 'opaqueredirect') throw new RedirectError('the address has moved, and a browser does not say where to: give the address of today')
    const to = response.headers.get('location')
    if (response.status < 300 || response.status > 399 || to === null) return response
    const url = new URL(to, request.url)
    const keeps = response.status === 307 || response.status === 308 || (method !== 'POST' && (response.status === 301 || response.status === 302))
    if (!keeps) throw new RedirectError(`status ${response.status}: moved to ${redactUrl(url)}, where a ${method} would become a GET and what was sent be lost: give that address`)
    if (hops === MAX_HOPS) throw new RedirectError(`status ${response.status}: moved more than ${MAX_HOPS} times`)
    // Nobody reads it.
    response.body?.cancel().catch(() => {})
    const headers = new Headers(request.headers)
    if (url.origin !== new URL(request.url).origin) for (const name of PRIVATE) headers.delete(name)
    request = new Request(url, { method, headers, body, signal, redirect: 'manual' })
  }
}
