import { supervisorOf, type OnError, type Stage } from '@sluice/core'
import { BatchFailure, type BatchWriter, type TellFate } from '../batches/batch-intake'
import { exchange } from './exchange'
import { HttpError } from './http-error'
import type { CheckedHttp } from './http-options'
import { interrupted } from './interrupted'
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
  readonly #supervisor: ReturnType<typeof supervisorOf>
  readonly #abort = new AbortController()
  #items = 0
  #requests = 0

  constructor(posting: Posting<T>, stage: Stage) {
    this.#posting = posting
    this.#supervisor = supervisorOf(stage, posting.onError)
  }

  write(items: readonly T[], tell: TellFate): Promise<void> {
    return this.#deliver({ items, tell, at: items.map((_, i) => i) }, 1, undefined)
  }

  end(): PostedItems {
    return { items: this.#items, requests: this.#requests }
  }

  cut(reason: unknown): void {
    this.#abort.abort(reason)
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
    const decided = await Promise.allSettled(at.map(async (i) =>
      this.#supervisor ? interrupted(Promise.resolve(this.#supervisor.recover(error, items[i], attempt)), this.#abort.signal) : Promise.reject(error)))
    return at.filter((index, i) => {
      const decision = decided[i]
      if (decision?.status === 'rejected') throw new BatchFailure(decision.reason, items[index], attempt)
      if (decision && decision.value !== 'retry') tell(index, decision.value)
      return decision?.value === 'retry'
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
