/** What an {@link HttpError} knows. */
export interface HttpProblem {
  readonly method: string
  /** Redacted: without credentials, and of the query only the names. */
  readonly url: string
  /** Of the last answer; undefined where there was none. */
  readonly status?: number | undefined
  /** Requests that were sent. */
  readonly attempts: number
  /** The first 2,048 characters of the answer. */
  readonly responseText?: string | undefined
  readonly cause?: unknown
}

/**
 * A request that came to nothing, retries and all. Neither message nor properties hold credentials, headers or values of the
 * query.
 */
export class HttpError extends Error {
  override readonly name: string = 'HttpError'
  readonly code = 'SLUICE_HTTP'
  readonly method: string
  readonly url: string
  readonly status: number | undefined
  readonly attempts: number
  /** The first 2,048 characters of the answer. Not enumerable, so that it is logged only by who means to. */
  declare readonly responseText: string | undefined

  constructor(owner: string, what: string, problem: HttpProblem) {
    const { method, url, status, attempts, responseText, cause } = problem
    super(`${owner}: ${method} ${url}: ${what}${attempts > 1 ? `, after ${attempts} attempts` : ''}`, cause === undefined ? undefined : { cause })
    this.method = method
    this.url = url
    this.status = status
    this.attempts = attempts
    Object.defineProperty(this, 'responseText', { value: responseText, enumerable: false })
  }
}
