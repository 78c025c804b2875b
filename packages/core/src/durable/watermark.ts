import { AckCalls, type Acks, type AckVerbs } from './acks'

/** A message in the order of its partition. */
interface Place<M> {
  readonly message: M
  isDone: boolean
  next: Place<M> | undefined
}

/** The messages of one partition that are not acknowledged, the oldest first; a list, since they leave at the front only. */
interface Line<M> {
  first: Place<M> | undefined
  last: Place<M> | undefined
}

/**
 * Acknowledges the last message up to which all are dealt with.
 *
 * ```text
 *   read        1  2  3  4  5
 *   dealt with  ■  ■  ·  ■  ·      2 is acknowledged; 4 is when 3 is dealt with
 * ```
 *
 * Invariants: what is acknowledged only grows, in the order of reading; a message that was not dealt with stops its partition for good.
 */
export class CumulativeAck<M> implements Acks<M> {
  readonly #calls: AckCalls<M>
  readonly #partition: (message: M) => string
  readonly #lines = new Map<string, Line<M>>()
  /** By partition, the last message that is to be acknowledged: those of one turn go together. */
  readonly #due = new Map<string, M>()
  #isTelling = false

  constructor(verbs: AckVerbs<M>, partition: (message: M) => string) {
    this.#calls = new AckCalls(verbs)
    this.#partition = partition
  }

  open(message: M): (status: 'ack' | 'nack', error: unknown) => void {
    const partition = this.#partition(message)
    let line = this.#lines.get(partition)
    if (line === undefined) this.#lines.set(partition, (line = { first: undefined, last: undefined }))
    const place: Place<M> = { message, isDone: false, next: undefined }
    if (line.last) line.last.next = place
    else line.first = place
    line.last = place
    return (status, error) => {
      if (status === 'nack') {
        this.#calls.nack(message, error)
        return
      }
      place.isDone = true
      this.#advance(partition, line)
    }
  }

  idle(): Promise<void> {
    this.#tell()
    return this.#calls.idle()
  }

  #advance(partition: string, line: Line<M>): void {
    let done: Place<M> | undefined
    while (line.first?.isDone) {
      done = line.first
      line.first = done.next
    }
    if (done === undefined) return
    if (line.first === undefined) {
      line.last = undefined
      // Nothing of the partition is left: there may be any number of them in the course of time.
      this.#lines.delete(partition)
    }
    this.#due.set(partition, done.message)
    if (this.#isTelling) return
    this.#isTelling = true
    queueMicrotask(() => { this.#tell() })
  }

  #tell(): void {
    this.#isTelling = false
    for (const message of this.#due.values()) this.#calls.ack(message)
    this.#due.clear()
  }
}
