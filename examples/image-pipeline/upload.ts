import { type Decide, retry } from 'sluice'
import type { Gauges } from './memory'
import type { Rendition } from './render'

/** What the server did not take. */
export class UploadError extends Error {
  override readonly name = 'UploadError'
  readonly status: number
  /** What the server asked us to wait, in ms. */
  readonly retryAfterMs: number

  constructor(message: string, status: number, retryAfterMs: number) {
    super(message)
    this.status = status
    this.retryAfterMs = retryAfterMs
  }
}

/** Where a rendition is kept, below the server's address. */
export function pathOf({ photo, size, format }: Pick<Rendition, 'photo' | 'size' | 'format'>): string {
  return `${encodeURIComponent(photo)}/${size}.${format}`
}

/** Answers what an upload worker does: PUT, which may be said twice without harm. */
export function uploader(gauges: Gauges, url: string) {
  return async (rendition: Rendition, { signal, attempt }: { readonly signal: AbortSignal; readonly attempt: number }): Promise<Rendition> => {
    const { bytes, format } = rendition
    // Between two tries it is still held.
    if (attempt === 1) gauges.files.moveTo(gauges.uploading, bytes.length)
    const response = await fetch(new URL(pathOf(rendition), url), { method: 'PUT', body: new Uint8Array(bytes), headers: { 'content-type': `image/${format}` }, signal })
    const answer = await response.text()
    if (!response.ok) {
      throw new UploadError(`HTTP ${response.status} ${answer.slice(0, 100)}`.trim(), response.status, waitAsked(response.headers.get('retry-after'), Date.now()))
    }
    gauges.uploading.add(-bytes.length)
    return rendition
  }
}

/** Tries again what may go better next time, after a wait that grows and is never shorter than the server asked for. */
export function retryUpload(options: { readonly times: number; readonly delayMs: number; readonly then: Decide<Rendition> }): Decide<Rendition> {
  return retry<Rendition>({
    ...options,
    maxDelayMs: 5000,
    atLeastMs: (error) => (error instanceof UploadError ? error.retryAfterMs : 0),
    when: (error) => !(error instanceof UploadError) || error.status === 429 || error.status >= 500,
  })
}

/** The header Retry-After in ms: seconds or a date; 0 where it is neither. */
export function waitAsked(header: string | null, now: number): number {
  if (header === null) return 0
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000
  return Math.max(0, Date.parse(header) - now) || 0
}
