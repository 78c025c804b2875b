import type { Readable } from 'node:stream'
import { AbortError, type Run, type RunOptions, type Source } from '@sluice/core'
import { coded, PENDING, sink, type Stage } from '@sluice/core/authoring'
import { abortRun } from '../abort-run'

/**
 * The readable half of a Node stream that gives what a run makes.
 *
 * ```text
 *   source ─▶ … ─▶ sink ─push─▶ [buffer of the stream: highWaterMark] ─▶ reader
 *                   ▲ demand: the room in that buffer      │
 *                   └──────────── read ────────────────────┘
 * ```
 *
 * The run begins at the first `read`. Invariant: nothing is pushed unless `#wanted`, so never after a `push` that
 * answered false and before the next `read`.
 */
export class NodeOutput<T> {
  readonly #readable: Readable
  readonly #source: Source<T>
  readonly #options: RunOptions
  readonly #onOver: ((error?: Error) => void) | undefined
  #run: Run<void> | undefined
  #stage: Stage | undefined
  #wanted = false

  /** @param onOver told when the run has settled. */
  constructor(readable: Readable, source: Source<T>, options: RunOptions, onOver?: (error?: Error) => void) {
    this.#readable = readable
    this.#source = source
    this.#options = options
    this.#onOver = onOver
  }

  read(): void {
    this.#wanted = true
    if (this.#run === undefined) this.#start()
    else this.#stage?.wake()
  }

  /**
   * For `_destroy`: aborts the run, and waits until it has cleaned up. A stream can tell one error only: that of a cleanup
   * is told where the stream was destroyed without one.
   */
  destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.#run === undefined) {
      done(error)
      return
    }
    const reason = error ?? new AbortError(`${this.#run.name}: the stream was destroyed`)
    abortRun(this.#run, reason).then(() => { done(error) }, (failure: unknown) => { done(error ?? asError(failure)) })
  }

  #start(): void {
    const readable = this.#readable
    this.#run = this.#source.to(this.#sink()).run(this.#options)
    // Not before all was cleaned up: whoever has seen the end finds nothing open any more.
    this.#run.then(
      () => {
        readable.push(null)
        this.#onOver?.()
      },
      (reason: unknown) => {
        const error = asError(reason)
        readable.destroy(error)
        this.#onOver?.(error)
      },
    )
  }

  #sink() {
    const readable = this.#readable
    return sink<T, void>(this.#options.name ?? 'toNode', (stage) => {
      this.#stage = stage
      const { readableObjectMode, readableHighWaterMark } = readable
      return {
        demand: () => {
          if (!this.#wanted) return PENDING
          return readableObjectMode ? Math.max(1, readableHighWaterMark - readable.readableLength) : 1
        },
        write: (values, count) => {
          for (let i = 0; i < count; i++) {
            const value: unknown = values[i]
            if (value === null) throw coded('SLUICE_VALUE', new TypeError('null is the end of a Node stream, so it cannot be a value in one'))
            this.#wanted = readable.push(value)
          }
        },
        end() {},
      }
    })
  }
}

/** Nothing that is falsy can be told to a stream as its error. */
function asError(error: unknown): Error {
  return (error as Error | undefined) || coded('SLUICE_PROTOCOL', new Error('the run failed with nothing to say why', { cause: error }))
}
