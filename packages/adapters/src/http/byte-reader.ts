import type { Stage } from '@sluice/core/authoring'
import type { BatchReader } from '../batches/batch-source'
import { errorText } from '../error-text'
import { exchange, type Tries } from './exchange'
import { HttpError } from './http-error'
import type { CheckedHttp } from './http-options'
import { prepareRequest } from './prepare-request'
import { redactUrl } from './redact-url'

/** Reads the body of one answer piece by piece, as it comes. Nothing is read that was not asked for. */
export class ByteReader implements BatchReader<Uint8Array> {
  readonly #http: CheckedHttp
  readonly #url: URL
  readonly #idleMs: number
  readonly #stage: Stage
  readonly #abort = new AbortController()
  readonly #tries: Tries = { isOut: false, isLast: false }
  #body: ReadableStreamDefaultReader<Uint8Array> | undefined
  #bytes = 0
  #idle = false

  constructor(http: CheckedHttp, url: URL, idleMs: number, stage: Stage) {
    this.#http = http
    this.#url = url
    this.#idleMs = idleMs
    this.#stage = stage
  }

  async read(): Promise<readonly Uint8Array[] | undefined> {
    try {
      this.#body ??= await this.#open()
    } catch (error) {
      // The wait for the next try was cut short.
      if (this.#tries.isLast && this.#abort.signal.aborted) return undefined
      throw error
    }
    const body = this.#body
    if (!body) return undefined
    const stopClock = this.#stage.scope.clock.after(this.#idleMs, () => {
      this.#idle = true
      this.#abort.abort()
    })
    try {
      const { done, value } = (await body.read()) as { done: boolean; value?: Uint8Array }
      if (done || !value) return undefined
      this.#bytes += value.length
      return [value]
    } catch (error) {
      const what = this.#idle ? `nothing came for ${this.#idleMs} ms` : `broke off: ${errorText(error)}`
      throw new HttpError(this.#http.owner, `${what}, after ${this.#bytes} bytes`, { method: 'GET', url: redactUrl(this.#url), status: 200, attempts: 1 })
    } finally {
      stopClock()
    }
  }

  halt(): void {
    this.#tries.isLast = true
    if (!this.#body && !this.#tries.isOut) this.#abort.abort()
  }

  cut(): void {
    this.#abort.abort()
  }

  async close(): Promise<void> {
    await this.#body?.cancel().catch(() => {})
  }

  async #open(): Promise<ReadableStreamDefaultReader<Uint8Array> | undefined> {
    const request = await prepareRequest(this.#http, 'GET', this.#url, { accept: 'application/x-ndjson, application/json' })
    const answer = await exchange(this.#http, request, 'stream', this.#abort.signal, this.#tries)
    return answer.body?.getReader()
  }
}
