import { DONE } from '../contract/answers'
import type { Source } from '../contract/source'
import type { Stage } from '../contract/stage'
import { iteratorResult } from '../foreign/iterator-result'
import { source } from '../kit/source'

/** A source of the values of an array or another iterable. */
export function fromIterable<T>(values: Iterable<T>): Source<T> {
  return source<T>('from', (stage) => (Array.isArray(values) ? fromArray(values as T[]) : fromIterator(values, stage)))
}

function fromArray<T>(values: readonly T[]) {
  let at = 0
  return {
    // The length is read anew each time: whoever appends to the array while it is read sees the end move.
    pull(into: T[], limit: number): number {
      const count = Math.min(limit, values.length - at)
      if (count <= 0) return DONE
      for (let i = 0; i < count; i++) into[i] = values[at + i] as T
      at += count
      return count
    },
  }
}

function fromIterator<T>(values: Iterable<T>, stage: Stage) {
  const iterator = values[Symbol.iterator]()
  let ended = false
  return {
    pull(into: T[], limit: number): number {
      let count = 0
      try {
        while (count < limit && !ended) {
          const result = iteratorResult(iterator.next())
          if (result.done === true) {
            ended = true
          } else {
            into[count] = result.value
            // Should the next step throw, what came before it is delivered first.
            stage.ready = ++count
          }
        }
      } catch (error) {
        // An iterator that throws is at its end, as in a loop of the language: it is not closed.
        ended = true
        throw error
      }
      return count > 0 ? count : DONE
    },
    close(): void {
      if (!ended) iterator.return?.()
    },
  }
}
