import type { Source } from '../contract/source'
import type { Stage } from '../contract/stage'
import { PromiseReads } from '../engine/promise-reads'
import { iteratorResult } from '../foreign/iterator-result'
import { source } from '../kit/source'

/** A source of the values of an async iterable, one `next()` at a time. */
export function fromAsyncIterable<T>(values: AsyncIterable<T>, name: string): Source<T> {
  return source<T>(name, (stage) => new IteratorReads<T>(values, stage))
}

class IteratorReads<T> extends PromiseReads<IteratorResult<T>, T> {
  readonly #iterator: AsyncIterator<T>

  constructor(values: AsyncIterable<T>, stage: Stage) {
    super(stage)
    this.#iterator = values[Symbol.asyncIterator]()
  }

  protected read(): Promise<IteratorResult<T>> {
    return this.#iterator.next()
  }

  /** Throws for a result that is no object, or whose `done` or `value` throws. */
  protected accept(result: IteratorResult<T>): void {
    iteratorResult(result)
    if (result.done === true) this.end()
    else this.hold(result.value)
  }

  /** An async generator queues `return()` behind a pending `next()`; the run's signal is how to reach it sooner. */
  override close(): unknown {
    const hasEnded = this.isOver && !this.isHalted
    const { isPending } = this
    this.letGo()
    if (hasEnded) return undefined
    const returned = this.#iterator.return?.()
    if (!isPending || returned === undefined) return returned
    this.stage.linger(returned)
    return undefined
  }
}
