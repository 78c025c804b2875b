import { type OnError, type Sink } from '@sluice/core'
import { coded, decision, declare, flagged, maybeFn, rule, sink, tell, whole, words } from '@sluice/core/authoring'
import { batchIntake } from '../batches/batch-intake'
import { checkUrl, httpOf, httpRules, type HttpOptions } from './http-options'
import { PostWriter, type PostedItems, type Posting } from './post-writer'

const POST_JSON = /* @__PURE__ */ declare('postJson', () => ({
  options: {
    method: words('POST', 'PUT', 'PATCH').or('POST'), concurrency: whole().or(1), batch: whole().maybe(), format: words('json', 'ndjson').or('json'), body: maybeFn,
    idempotencyKey: rule<false | ((items: readonly never[]) => string)>('a function of the items, or false', (value) => value === false || typeof value === 'function').maybe(),
    idempotencyHeader: rule<string>('the name of a header', (value) => typeof value === 'string' && /^[\w!#$%&'*+.^`|~-]+$/.test(value)).or('Idempotency-Key'),
    isolate: flagged, onError: decision, ...httpRules(),
  },
}), ({ batch = 1, concurrency }) => ({ holds: batch * (concurrency + 1) }))

/** Options of {@link postJson}. */
export interface PostJsonOptions<T> extends HttpOptions {
  /** Default `'POST'`. */
  readonly method?: 'POST' | 'PUT' | 'PATCH' | undefined
  /** Requests under way at once. Default 1: in order. */
  readonly concurrency?: number | undefined
  /** Items of a request, at most: the body is a list then. Default: each item is a request of its own. */
  readonly batch?: number | undefined
  /** `'json'` (default), or `'ndjson'`: an item on each line. */
  readonly format?: 'json' | 'ndjson' | undefined
  /** What is sent for the items of a request, where it is neither the item nor the list: `(items) => ({ records: items })`. */
  readonly body?: ((items: readonly T[]) => unknown) | undefined
  /**
   * The value of a header that is the same for every attempt to send the same items, so that a server that knows it takes
   * them once. Default: a random UUID. A function makes one of the items, so that a later run sends the same. False: none.
   */
  readonly idempotencyKey?: false | ((items: readonly T[]) => string) | undefined
  /** The name of that header. Default `'Idempotency-Key'`. */
  readonly idempotencyHeader?: string | undefined
  /** Where a batch is refused (400, 409, 413, 422), send its halves, down to the items at fault. Default false. */
  readonly isolate?: boolean | undefined
  /** What becomes of each item of a request that failed, retries and all. Default: it fails the run. */
  readonly onError?: OnError<T> | undefined
}

/**
 * Posts each value as JSON, alone or in batches; resolves with how many were taken. Needs the package `ky`.
 *
 * - **holds back** while `concurrency` requests are under way: what has come meanwhile is the next batch, so no item waits for
 *   a batch to fill
 * - **retries** 408, 425, 429, 5xx, timeouts and broken connections as `retry` says, waiting as long as `Retry-After` asks
 * - **redirections** are followed where method and body stay the same; where they would not (301, 302, 303 of a POST), the request
 *   fails with the new address
 * - **on failure** each item of the request goes where `onError` says; items that are to be tried again are sent together
 * - **on abort** requests under way are aborted, and so are waits for the next try
 * - **tickets** are acknowledged when their items were taken, skipped or written to a dead letter sink
 *
 * A request that was sent again may have been taken twice: that is what the idempotency key is for. A 409 or 422 for a key that
 * is known already is a refusal like any other; `onError` can tell by `error.status`.
 *
 * @param url where to; or a function of the items of a request.
 * @param options `method` (default `'POST'`), `concurrency` (default 1), `batch` (items, default each alone), `format` (default
 * `'json'`), `body`, `idempotencyKey` (default random), `idempotencyHeader`, `isolate` (default false), `onError` (default `'fail'`),
 * `headers`, `retry`, `timeoutMs` (for each attempt, default 30,000), `fetch`, `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await readNdjson<Event>('events.ndjson')
 *   .to(postJson('https://collect.example.org/events', { batch: 100, concurrency: 4, onError: deadLetter(writeNdjson('refused.ndjson')) }))
 *   .run()
 * ```
 */
export function postJson<T>(url: string | URL | ((items: readonly T[]) => string | URL), options: PostJsonOptions<T> = {}): Sink<T, PostedItems> {
  const fixed = typeof url === 'function' ? undefined : checkUrl('postJson', url)
  const given = POST_JSON.read(options)
  const { name, method, concurrency, batch, format, body, idempotencyKey, idempotencyHeader, isolate, onError } = given
  const http = httpOf('postJson', given)

  const toBody = body ?? (batch === undefined ? (items: readonly T[]) => items[0] : (items: readonly T[]) => items)
  const posting: Posting<T> = {
    http, method, isolate, onError,
    url: (items) => fixed ?? checkUrl('postJson', (url as (items: readonly T[]) => string | URL)(items)),
    body: format === 'ndjson' && !body ? (items) => items.map((item) => `${json(item)}\n`).join('') : (items) => json(toBody(items)),
    contentType: format === 'ndjson' ? 'application/x-ndjson' : 'application/json',
    idempotency: idempotencyKey === false ? undefined : { header: idempotencyHeader, key: idempotencyKey ?? (() => crypto.randomUUID()) },
  }
  return tell(sink<T, PostedItems>(name, (stage) => batchIntake(stage, { batch: batch ?? 1, concurrency, ackAtEnd: false }, new PostWriter<T>(posting, stage))), POST_JSON, given)
}

function json(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined
  if (text === undefined) throw coded('SLUICE_VALUE', new TypeError(`postJson: a ${typeof value} is no JSON`))
  return text
}
