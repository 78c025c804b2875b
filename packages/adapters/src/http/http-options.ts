import { type Backoff, OptionError } from '@sluice/core'
import { backoffOf, type BackoffWait, finiteNumber, knownIn, maybeFn, ms, rule, wholeNumber } from '@sluice/core/authoring'

/** Headers, or a function that answers them for each request: for a token that runs out. */
export type HttpHeaders = Record<string, string> | Headers | (() => Record<string, string> | Headers | Promise<Record<string, string> | Headers>)

/** When and how often a request is sent again: the waits are those of a {@link Backoff}. */
export interface HttpRetry extends Backoff {
  /** Times after the first. 0: never. Default 3. */
  readonly times?: number | undefined
  /** The longest wait that an answer with `Retry-After` can ask for, in ms. After that the request is sent anyway. Default 60,000. */
  readonly maxRetryAfterMs?: number | undefined
  /** Answers that are worth another try. Default 408, 425, 429, 500, 502, 503, 504. No answer at all always is. */
  readonly statuses?: readonly number[] | undefined
}

/** Options of everything that sends requests. */
export interface HttpOptions {
  /** Sent with every request. Default none. */
  readonly headers?: HttpHeaders | undefined
  /** Default: three times for 408, 425, 429, 5xx, timeouts and broken connections, as `Retry-After` says where it is sent. */
  readonly retry?: HttpRetry | undefined
  /** For each attempt, in ms, body and all. Default 30,000. */
  readonly timeoutMs?: number | undefined
  /** What sends requests: for a proxy, a client certificate, a test. Default: the global `fetch`. */
  readonly fetch?: ((request: Request) => Promise<Response>) | undefined
  /** Shown in failures, stats and the graph. Default: the function's name. */
  readonly name?: string | undefined
}

/** The options with their defaults. */
export interface CheckedHttp {
  readonly owner: string
  readonly headers: HttpHeaders
  readonly times: number
  readonly waitMs: BackoffWait
  readonly maxRetryAfterMs: number
  readonly statuses: readonly number[]
  readonly timeoutMs: number
  readonly fetch: (request: Request) => Promise<Response>
}

/** How the options of everything that sends requests are declared. */
export function httpRules() {
  return {
    headers: rule<HttpHeaders>('names and values that HTTP allows, or a function that answers them', isHeaders).or({}),
    retry: rule<HttpRetry>('an object', (value) => typeof value === 'object' && value !== null && !Array.isArray(value)).or({}),
    timeoutMs: ms(1, 2 ** 31 - 1).or(30_000), fetch: maybeFn,
  }
}

/** The options as they were read. */
interface ReadHttpOptions {
  readonly headers: HttpHeaders
  readonly retry: HttpRetry
  readonly timeoutMs: number
  readonly fetch: HttpOptions['fetch']
}

/** What they come to; what stands in `retry` is checked here. */
export function httpOf(owner: string, { headers, retry, timeoutMs, fetch: send }: ReadHttpOptions): CheckedHttp {
  knownIn(owner, 'retry', retry, ['times', 'delayMs', 'factor', 'maxDelayMs', 'jitter', 'maxRetryAfterMs', 'statuses'])
  const statuses = retry.statuses ?? [408, 425, 429, 500, 502, 503, 504]
  for (const status of statuses) wholeNumber(owner, 'retry.statuses', status, 400, 599)
  return {
    owner, headers, statuses,
    times: wholeNumber(owner, 'retry.times', retry.times ?? 3, 0),
    waitMs: backoffOf(owner, retry, 200, 'retry.'),
    maxRetryAfterMs: finiteNumber(owner, 'retry.maxRetryAfterMs', retry.maxRetryAfterMs ?? 60_000),
    timeoutMs,
    // Looked up when it is called, so that a global one that is replaced later is used.
    fetch: send ?? ((request) => fetch(request)),
  }
}

/** An absolute URL of http. Its own text stays out of the message: who knows what is in it. */
export function checkUrl(owner: string, url: string | URL): URL {
  let parsed: URL | undefined
  try {
    parsed = new URL(url)
  } catch {
    // Said below.
  }
  if (parsed && /^https?:$/.test(parsed.protocol)) return parsed
  throw new OptionError(owner, 'url', parsed?.protocol ?? typeof url, 'an absolute URL of http or https')
}

function isHeaders(value: unknown): value is HttpHeaders {
  if (typeof value === 'function') return true
  try {
    new Headers(value as Record<string, string>)
    return true
  } catch {
    return false
  }
}
