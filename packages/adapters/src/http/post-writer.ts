import type { OnError } from '@sluice/core'
import type { Stage, Trial } from '@sluice/core/authoring'
import { BatchFailure } from '../batches/batch-failure'
import type { BatchWriter, TellFate } from '../batches/batch-intake'
import { Verdicts } from '../batches/verdicts'
import { exchange } from './exchange'
import { HttpError } from './http-error'
import type { CheckedHttp } from './http-options'
import { prepareRequest } from './prepare-request'

/** What was posted. */
export interface PostedItems {
  /** Items that were answered well. */
  readonly items: number
  /** Requests that were answered well. */
  readonly requests: number
}

/** How items become requests, checked. */
export interface Posting<T> {
  readonly http: CheckedHttp
  readonly method: 'POST' | 'PUT' | 'PATCH'
  readonly url: (items: readonly T[]) => URL
  readonly body: (items: readonly T[]) => string
  readonly contentType: string
  /** The header and its value for a batch; undefined: none is sent. */
  readonly idempotency: { readonly header: string; readonly key: (items: readonly T[]) => string } | undefined
  readonly isolate: boolean
  readonly onError: OnError<T> | undefined
}

/** Some items of a batch, by their places. */
interface Part<T> {
  readonly items: readonly T[]
  readonly at: readonly number[]
  readonly tell: TellFate
}

/** Answers that say that what was sent is at fault. */
const REFUSED = new Set([400, 409, 413, 422])

/** Sends batches, for one run. */
export class PostWriter<T> implements BatchWriter<T, PostedItems> {
  readonly #posting: Posting<T>
  readonly #verdicts: Verdicts<T>
  readonly #abort = new AbortController()
  #items = 0
  #requests = 0

  constructor(posting: Posting<T>, stage: Stage) {
    this.#posting = posting
    this.#verdicts = new Verdicts(stage, posting.onError)
  }

  write(items: readonly T[], tell: TellFate): Promise<void> {
    return this.#deliver({ items, tell, at: items.map((_, i) => i) }, 1, undefined)
  }

  end(): PostedItems {
    return { items: this.#items, requests: this.#requests }
  }

  cut(reason: unknown): void {
    this.#abort.abort(reason)
    this.#verdicts.close()
  }

  /** Until each of the items has been taken or given up. `given`: the key it was sent with before. */
  async #deliver(part: Part<T>, attempt: number, given: string | undefined): Promise<void> {
    const items = part.at.map((i) => part.items[i] as T)
    let key = given
    try {
      key ??= this.#posting.idempotency?.key(items)
      await this.#send(items, key)
      for (const i of part.at) part.tell(i, 'delivered')
    } catch (error) {
      if (this.#abort.signal.aborted) throw error
      if (this.#posting.isolate && items.length > 1 && error instanceof HttpError && REFUSED.has(error.status ?? 0)) {
        const half = Math.ceil(items.length / 2)
        await this.#deliver({ ...part, at: part.at.slice(0, half) }, attempt, undefined)
        await this.#deliver({ ...part, at: part.at.slice(half) }, attempt, undefined)
        return
      }
      const again = await this.#recover(error, part, attempt)
      // The same items are the same request; fewer are another one.
      if (again.length > 0) await this.#deliver({ ...part, at: again }, attempt + 1, again.length === items.length ? key : undefined)
    }
  }

  /** Has each item decided about; answers those that are to be sent again. Waits run side by side. */
  async #recover(error: unknown, { items, at, tell }: Part<T>, attempt: number): Promise<number[]> {
    const decided = await Promise.all(at.map((i) => this.#verdicts.of(items[i] as T, attempt, error, (fate) => { tell(i, fate) })))
    return at.filter((_, i) => {
      const { verdict, error: final, item } = decided[i] as Trial<T>
      if (verdict === 'failed') throw new BatchFailure(final, item, attempt)
      if (verdict === 'dropped') throw error
      return verdict === 'again'
    })
  }

  async #send(items: readonly T[], key: string | undefined): Promise<void> {
    const { http, method, url, body, contentType, idempotency } = this.#posting
    const headers = { 'content-type': contentType, ...(idempotency && key !== undefined && { [idempotency.header]: key }) }
    const request = await prepareRequest(http, method, url(items), headers, body(items))
    await exchange(http, request, 'excerpt', this.#abort.signal)
    this.#items += items.length
    this.#requests++
  }
}
