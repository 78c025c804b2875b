import { RingBuffer } from './ring-buffer'

/** In which order the values of a queue come out. Knows no capacity, no waiting, no promises. */
export interface Storage<T> {
  readonly size: number
  push(value: T): unknown
  /** What comes out next; undefined when empty. */
  shift(): T | undefined
  /** What `drop-oldest` gives up for `value`: of a plain queue the oldest, of a priority queue the least important. */
  drop(value: T): T | undefined
  /** Throws where a function of the user's refuses the value, before anything is dropped for it. Absent: `drop` asks by itself. */
  check?(value: T): void
  /** Whether a value of this kind may enter now, beside the bound of the queue as a whole. */
  admits?(value: T): boolean
}

/** First in, first out. */
export class FifoStorage<T> extends RingBuffer<T> implements Storage<T> {
  constructor(capacity: number) {
    super(Math.max(1, capacity))
  }

  drop(): T | undefined {
    return this.shift()
  }
}
