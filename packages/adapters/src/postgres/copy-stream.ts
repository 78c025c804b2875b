import { coded } from '@sluice/core/authoring'
import type { CopyStreamQuery } from 'pg-copy-streams'
import { optionalPackage } from '../optional-package'
import type { Session } from './session'

/**
 * One `COPY … FROM STDIN` under way.
 *
 * Invariant: once it has failed nothing is written to the stream, and it is not destroyed: the library has let go of its
 * connection by then.
 */
export class CopyStream {
  readonly #session: Session
  readonly #stream: CopyStreamQuery
  #failed = false
  #error: unknown
  /** Who waits for an answer that a failure would never give. */
  #reject: ((error: unknown) => void) | undefined

  private constructor(session: Session, stream: CopyStreamQuery, onFailed: (error: unknown) => void) {
    this.#session = session
    this.#stream = stream
    stream.on('error', (error) => {
      this.#failed = true
      this.#error ??= error
      session.examine(error)
      this.#reject?.(this.#error)
      onFailed(this.#error)
    })
  }

  /** @param onFailed told of a failure, which may come while nobody writes. */
  static async begin(session: Session, sql: string, onFailed: (error: unknown) => void): Promise<CopyStream> {
    const { from } = await optionalPackage('toTable', 'pg-copy-streams', () => import('pg-copy-streams'))
    return new CopyStream(session, session.client.query(from(sql)), onFailed)
  }

  /** Resolves when there is room for more between here and the server. */
  write(text: string): Promise<void> {
    return this.#await((done) => { this.#stream.write(Buffer.from(text), () => { done() }) })
  }

  /** Resolves with the number of rows, when the server has taken them all. */
  async end(): Promise<number> {
    await this.#await((done) => { this.#stream.end(done) })
    return this.#stream.rowCount
  }

  /** The server forgets what it was given. Resolves when it has said so. */
  async giveUp(): Promise<void> {
    if (this.#failed || this.#stream.closed) return
    const closed = new Promise<void>((resolve) => { this.#stream.once('close', resolve) })
    // A wait for room would not end by itself.
    this.#error ??= coded('SLUICE_ABORTED', new Error('the run is over'))
    this.#stream.destroy()
    this.#reject?.(this.#error)
    await this.#session.orLost(closed).catch(() => {})
  }

  #await(begin: (done: () => void) => void): Promise<void> {
    if (this.#failed) return Promise.reject(this.#error)
    return this.#session.orLost(new Promise<void>((resolve, reject) => {
      this.#reject = reject
      begin(resolve)
    }).finally(() => { this.#reject = undefined }))
  }
}
