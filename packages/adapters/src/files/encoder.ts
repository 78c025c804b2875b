import type { Transform } from 'node:stream'

/** A Transform of Node that is written to batch by batch: what comes out of a batch is taken before the next goes in. */
export class Encoder {
  readonly #transform: Transform
  #out: Buffer[] = []
  #failure: { readonly error: unknown } | undefined
  #failed: ((error: unknown) => void) | undefined

  constructor(transform: Transform) {
    this.#transform = transform
    transform.on('data', (piece: Buffer) => { this.#out.push(piece) })
    transform.on('error', (error) => {
      this.#failure ??= { error }
      this.#failed?.(error)
    })
  }

  /** Resolves with what has come out when all of it went in; the rest comes with a later batch, or the end. */
  async write(values: readonly unknown[], count: number): Promise<Buffer[]> {
    await this.#until((done) => {
      for (let i = 0; i < count; i++) this.#transform.write(values[i], i + 1 === count ? done : undefined)
    })
    return this.#take()
  }

  async end(): Promise<Buffer[]> {
    await this.#until((done) => {
      this.#transform.once('end', done)
      this.#transform.end()
    })
    return this.#take()
  }

  destroy(): void {
    this.#failed = undefined
    this.#transform.destroy()
  }

  #until(work: (done: () => void) => void): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure.error)
    return new Promise((resolve, reject) => {
      this.#failed = reject
      // A write that failed calls back too, with the error.
      work((error?: unknown) => { if (!error) resolve() })
    })
  }

  #take(): Buffer[] {
    const out = this.#out
    this.#out = []
    return out
  }
}
