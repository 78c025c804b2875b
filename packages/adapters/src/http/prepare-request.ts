import type { CheckedHttp } from './http-options'
import type { HttpRequest } from './exchange'

/**
 * A request with the headers of the options. Credentials in a URL become the header they stand for, since `fetch` refuses such
 * a URL, and messages and proxies would show it.
 */
export async function prepareRequest(
  http: CheckedHttp,
  method: string,
  url: URL,
  defaults: Record<string, string>,
  body?: string,
): Promise<HttpRequest> {
  const headers = new Headers(typeof http.headers === 'function' ? await http.headers() : http.headers)
  for (const [name, value] of Object.entries(defaults)) if (!headers.has(name)) headers.set(name, value)
  const bare = new URL(url)
  bare.username = bare.password = ''
  if ((url.username !== '' || url.password !== '') && !headers.has('authorization')) {
    const bytes = new TextEncoder().encode(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`)
    headers.set('authorization', `Basic ${btoa(String.fromCharCode(...bytes))}`)
  }
  return { method, url: bare, headers, body }
}
