import { promiseOf } from '../foreign/promise-of'

/** How the source of messages is told what became of them. */
export interface AckVerbs<M> {
  readonly ack: (message: M) => unknown
  readonly nack: ((message: M, error: unknown) => unknown) | undefined
  /** What a verb has thrown. */
  readonly failed: (error: unknown) => void
}

/** Tells a source of messages what became of them. */
export interface Acks<M> {
  /** A message was read; what it answers is called once, when it is known what became of it. */
  open(message: M): (status: 'ack' | 'nack', error: unknown) => void
  /** Resolves when nothing that was told is on its way. */
  idle(): Promise<void>
}

/** Calls verbs of the user's, and knows how many of their promises are out. */
export class AckCalls<M> {
  readonly #verbs: AckVerbs<M>
  #out = 0
  #onIdle: (() => void)[] = []

  constructor(verbs: AckVerbs<M>) {
    this.#verbs = verbs
  }

  ack(message: M): void {
    this.#call(() => this.#verbs.ack(message))
  }

  nack(message: M, error: unknown): void {
    this.#call(() => this.#verbs.nack?.(message, error))
  }

  idle(): Promise<void> {
    return this.#out === 0 ? Promise.resolve() : new Promise((resolve) => { this.#onIdle.push(resolve) })
  }

  #call(verb: () => unknown): void {
    try {
      const promise = promiseOf(verb())
      if (promise === undefined) return
      this.#out++
      const over = (): void => {
        if (--this.#out > 0) return
        for (const resolve of this.#onIdle.splice(0)) resolve()
      }
      promise.then(over, (error: unknown) => {
        this.#verbs.failed(error)
        over()
      })
    } catch (error) {
      this.#verbs.failed(error)
    }
  }
}

/** Each message by itself. */
export class EachAck<M> implements Acks<M> {
  readonly #calls: AckCalls<M>

  constructor(verbs: AckVerbs<M>) {
    this.#calls = new AckCalls(verbs)
  }

  open(message: M): (status: 'ack' | 'nack', error: unknown) => void {
    return (status, error) => {
      if (status === 'ack') this.#calls.ack(message)
      else this.#calls.nack(message, error)
    }
  }

  idle(): Promise<void> {
    return this.#calls.idle()
  }
}
