import type { OnError } from '@sluice/core'
import type { Stage } from '@sluice/core/authoring'
import type { BatchReader } from '../batches/batch-source'
import { ReadTrials } from '../batches/read-trials'
import { errorText } from '../error-text'
import { parseJson } from '../files/parse-json'
import { exchange, type HttpAnswer, type Tries } from './exchange'
import { HttpError } from './http-error'
import type { CheckedHttp } from './http-options'
import type { NextPage } from './pagination'
import { prepareRequest } from './prepare-request'
import { redactUrl } from './redact-url'

/** A page of which `items` or `next` can make nothing: what `onError` decides about, and a dead letter holds. */
export interface RefusedPage<B = unknown> {
  /** Without credentials, and of its query only the names. */
  readonly url: string
  /** Counted from 0. */
  readonly index: number
  readonly body: B
}

/** What is to be read, checked. */
export interface PageReading<T, B> {
  readonly http: CheckedHttp
  readonly url: URL
  readonly items: (body: B) => Iterable<T>
  readonly next: NextPage<B>
  readonly maxBytes: number
  readonly maxPages: number
  readonly onError: OnError<RefusedPage<B>> | undefined
}

/** Reads page after page; one request at a time. */
export class PageReader<T, B> implements BatchReader<T> {
  readonly #reading: PageReading<T, B>
  readonly #trials: ReadTrials<RefusedPage<B>>
  readonly #abort = new AbortController()
  readonly #tries: Tries = { isOut: false, isLast: false }
  #url: URL | undefined
  #index = 0

  constructor(reading: PageReading<T, B>, stage: Stage) {
    this.#trials = new ReadTrials(stage, reading.onError)
    this.#reading = reading
    this.#url = reading.url
  }

  /** A page at least: how many items it has is for the server to say. Empty ones are passed over. */
  async read(): Promise<readonly T[] | undefined> {
    do {
      if (!this.#url || this.#index >= this.#reading.maxPages || this.#isCut()) return undefined
      try {
        const items = await this.#page(this.#url)
        if (items.length > 0) return items
      } catch (error) {
        // The wait for the next try was cut short: this page was never there.
        if (this.#tries.isLast && this.#isCut()) return undefined
        throw error
      }
    } while (!this.#tries.isLast)
    return undefined
  }

  halt(): void {
    this.#tries.isLast = true
    if (!this.#tries.isOut) this.#abort.abort()
    this.#trials.close()
  }

  cut(): void {
    this.#abort.abort()
    this.#trials.close()
  }

  close(): undefined {
    return undefined
  }

  #isCut(): boolean {
    return this.#abort.signal.aborted
  }

  async #page(url: URL): Promise<readonly T[]> {
    const { http, items: itemsOf, next, maxBytes } = this.#reading
    const request = await prepareRequest(http, 'GET', url, { accept: 'application/json' })
    const answer = await exchange(http, request, { maxBytes }, this.#abort.signal, this.#tries)
    const body = this.#parse(answer)
    const index = this.#index++
    const page: RefusedPage<B> = { url: redactUrl(answer.url), index, body }
    const items = (await this.#trials.make(page, () => [...itemsOf(body)])) ?? []
    // A page that is left out may well say where the next one is.
    const following = await this.#trials.make(page, () => next({ url: answer.url, headers: answer.headers, body, index, count: items.length }))
    this.#url = following === undefined || following === null || following === '' ? undefined : this.#follow(answer, url, following)
    return items
  }

  #parse({ text, url, status }: HttpAnswer): B {
    try {
      return parseJson(text) as B
    } catch (error) {
      throw new HttpError(this.#reading.http.owner, `no JSON: ${errorText(error)}`, {
        method: 'GET', url: redactUrl(url), status, attempts: 1, responseText: text.slice(0, 2048),
      })
    }
  }

  /** The first page's headers go with the request, so a page must not lead to another server, and not in a circle. */
  #follow(answer: HttpAnswer, asked: URL, following: string | URL): URL {
    const { http, url: first } = this.#reading
    const url = new URL(following, answer.url)
    const problem = { method: 'GET', url: redactUrl(asked), status: answer.status, attempts: 1 }
    if (url.origin !== first.origin && url.origin !== answer.url.origin) {
      throw new HttpError(http.owner, `the next page is said to be at ${url.origin}, where its headers are not sent`, problem)
    }
    if (url.href === asked.href || url.href === answer.url.href) throw new HttpError(http.owner, 'the next page is said to be this one again', problem)
    // What `new URL` left out: relative ones have no credentials.
    url.username = first.username
    url.password = first.password
    return url
  }
}
