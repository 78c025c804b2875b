import type { IncomingMessage } from 'node:http'

/** Why a request is refused before anybody looks at what it wants. */
export interface Refusal {
  readonly status: number
  readonly says: string
}

/**
 * Checks where a request was sent to and where it comes from, on every route: a name that somebody has bound to this address (DNS rebinding)
 * is not ours, and neither is a page of another origin.
 *
 * @param hosts the hosts that are ours, with the port: `127.0.0.1:4000`.
 */
export function refusalOf({ headers }: Pick<IncomingMessage, 'headers'>, hosts: ReadonlySet<string>): Refusal | undefined {
  const { host, origin } = headers
  if (host === undefined || !hosts.has(host)) return { status: 403, says: 'this host is not the inspector' }
  if (origin !== undefined && !(origin.startsWith('http://') && hosts.has(origin.slice('http://'.length)))) return { status: 403, says: 'pages of other origins are refused' }
  if (headers.upgrade !== undefined) return { status: 400, says: 'no protocol but HTTP' }
  return undefined
}

/** The names under which a server at `host` and `port` is asked for. */
export function hostsOf(host: string, port: number): ReadonlySet<string> {
  const names = isLoopback(host) ? ['127.0.0.1', 'localhost', '[::1]'] : [host.includes(':') ? `[${host}]` : host]
  // Browsers leave out the port that a scheme has by default.
  return new Set(names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])))
}

/** True for addresses that nobody outside of this machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

/** On every answer: nothing of it may be guessed at, framed, kept, or read by another site. */
export const SAFE_HEADERS = {
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'x-frame-options': 'DENY',
} as const
