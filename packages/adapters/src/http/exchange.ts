import type { KyInstance, Options } from 'ky'
import { optionalPackage } from '../optional-package'
import { follow, RedirectError } from './follow'
import { HttpError } from './http-error'
import type { CheckedHttp } from './http-options'
import { readBody, ResponseTooLongError } from './read-body'
import { redactUrl } from './redact-url'

/** Bytes of an answer nobody asked for that are looked at: of an error, of a post. */
const EXCERPT = 2048
/** Every method may be sent again here: who posts is told to send an idempotency key. */
const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const

/** What is to be sent. */
export interface HttpRequest {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body?: string | undefined
}

/** What came of it. */
export interface HttpAnswer {
  readonly status: number
  /** After redirections. */
  readonly url: URL
  readonly headers: Headers
  /** The whole body, up to the bytes that were allowed; empty where it is a stream. */
  readonly text: string
  readonly body: ReadableStream<Uint8Array> | null
}

/** The tries to get an answer, of one reader. */
export interface Tries {
  /** An attempt is under way; else the next one is waited for. */
  isOut: boolean
  /** No further one is begun. */
  isLast: boolean
}

/** What to do with the body of a good answer: read it, look at its beginning, or hand it on as it comes. */
export type BodyUse = { readonly maxBytes: number } | 'excerpt' | 'stream'

/**
 * Sends a request until it is answered well, as ky retries.
 *
 * ```text
 *   ky ── attempt: fetch, and read the body ──▶ good? ─▶ answer
 *    ▲                                            └─ bad ─ wait: Retry-After, or longer each time ─┐
 *    └─────────────────────────────────────────────────────────────────────────────────────────────┘
 * ```
 *
 * The body is read inside the attempt, so that one that breaks off or takes too long is an attempt that failed.
 *
 * @param abort ends it at once, also while it waits.
 * @param tries told when an attempt is under way; says that there is to be no further one.
 */
export async function exchange(http: CheckedHttp, request: HttpRequest, use: BodyUse, abort: AbortSignal, tries?: Tries): Promise<HttpAnswer> {
  const { default: ky } = await optionalPackage(http.owner, 'ky', () => import('ky'))
  const { method, url, headers, body } = request
  let attempts = 0
  let answer: HttpAnswer | undefined

  const attempt = async (input: Request): Promise<Response> => {
    attempts++
    answer = undefined
    if (tries) tries.isOut = true
    let response: Response
    let text: string
    try {
      response = body === undefined ? await http.fetch(input) : await follow(input, body, http.fetch)
      text = await textOf(response, response.ok ? use : 'excerpt')
    } finally {
      if (tries) tries.isOut = false
    }
    answer = {
      status: response.status, headers: response.headers, url: new URL(response.url === '' ? url : response.url), text,
      body: response.ok && use === 'stream' ? response.body : null,
    }
    // ky needs status and headers only. The body has been seen to.
    return new Response(null, { status: response.status, headers: response.headers })
  }

  try {
    await send(ky, url, { method, headers, ...(body !== undefined && { body, redirect: 'manual' }), signal: abort, fetch: attempt as typeof fetch }, http, () => abort.aborted || tries?.isLast === true)
    return answer as unknown as HttpAnswer
  } catch (error) {
    if (abort.aborted) throw error
    throw explain(error, http, request, attempts, answer)
  }
}

async function textOf(response: Response, use: BodyUse): Promise<string> {
  if (use === 'stream') return ''
  return use === 'excerpt' ? readBody(response, EXCERPT, 'cut') : readBody(response, use.maxBytes, 'refuse')
}

async function send(ky: KyInstance, url: URL, options: Options, http: CheckedHttp, isOver: () => boolean): Promise<void> {
  const { times, waitMs, maxRetryAfterMs, statuses, timeoutMs } = http
  await ky(url, {
    ...options,
    timeout: timeoutMs,
    retry: {
      limit: times,
      methods: [...METHODS],
      statusCodes: [...statuses],
      afterStatusCodes: [...statuses],
      maxRetryAfter: maxRetryAfterMs,
      delay: (retry) => waitMs(retry, Math.random),
      retryOnTimeout: true,
      shouldRetry: ({ error }) => (isOver() || error instanceof ResponseTooLongError || error instanceof RedirectError ? false : undefined),
    },
  })
}

/** Errors of ky hold the request, with its headers and the whole URL: none of that goes on. */
function explain(error: unknown, http: CheckedHttp, { method, url }: HttpRequest, attempts: number, answer: HttpAnswer | undefined): HttpError {
  const problem = { method, url: redactUrl(url), attempts, status: answer?.status, responseText: answer?.text }
  if (answer) return new HttpError(http.owner, `status ${answer.status}`, problem)
  const { name, message, cause } = error as { readonly name?: string; readonly message?: string; readonly cause?: unknown }
  if (name === 'TimeoutError') return new HttpError(http.owner, `no answer within ${http.timeoutMs} ms`, problem)
  if (error instanceof ResponseTooLongError || error instanceof RedirectError) return new HttpError(http.owner, error.message, { ...problem, cause: error })
  // Node puts what happened into the cause: a refused or broken connection, a name nobody knows.
  const inner = cause instanceof Error ? cause : undefined
  const { code } = (inner ?? {}) as { readonly code?: unknown }
  const what = [inner?.message ?? message ?? String(error), typeof code === 'string' && !inner?.message.includes(code) ? `(${code})` : ''].filter(Boolean).join(' ')
  return new HttpError(http.owner, what.replaceAll(url.href, redactUrl(url)), { ...problem, cause: inner })
}
