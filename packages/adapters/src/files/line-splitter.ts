import { DONE, operator, PENDING, type Operator, type Outlet, type Puller, type Stage } from '@sluice/core'
import { StringDecoder } from 'node:string_decoder'

/** Between two files: what was begun in the first is a line of its own. */
export const BOUNDARY = Symbol('boundary')

/** A line that is longer than allowed. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError'

  constructor(
    readonly path: string,
    readonly line: number,
    readonly maxLineLength: number,
  ) {
    super(`${path}, line ${line}: longer than ${maxLineLength} characters; is this a text file, or maxLineLength too small?`)
  }
}

/** How a text is cut into lines. */
export interface Splitting<L> {
  readonly name: string
  /** How the text is called in errors. */
  readonly place: string
  readonly encoding: BufferEncoding
  readonly maxLineLength: number
  /** Leave a last line out that has no end: there may be more of it to come. */
  readonly onlyEnded?: boolean
  /** What becomes of a line; `line` counts from 1. Undefined leaves it out. */
  readonly make: (text: string, line: number) => L | undefined
}

/** Cuts text, in whatever pieces it comes, into lines. */
export function splitLines<L>(splitting: Splitting<L>): Operator<string | Uint8Array | typeof BOUNDARY, L> {
  return operator(splitting.name, (upstream, stage) => new LineSplitter<L>(splitting, upstream, stage))
}

/** Invariant: `#text` from `#start` on is what was not handed out, and has no line end before `#searched`. */
class LineSplitter<L> implements Puller<L> {
  readonly tickets = null
  readonly #splitting: Splitting<L>
  readonly #upstream: Outlet<string | Uint8Array | typeof BOUNDARY>
  readonly #stage: Stage
  readonly #slot: (string | Uint8Array | typeof BOUNDARY)[] = []
  #decoder: StringDecoder
  #text = ''
  #start = 0
  #searched = 0
  #line = 0
  #first = true
  #ended = false

  constructor(splitting: Splitting<L>, upstream: Outlet<string | Uint8Array | typeof BOUNDARY>, stage: Stage) {
    this.#splitting = splitting
    this.#upstream = upstream
    this.#stage = stage
    this.#decoder = new StringDecoder(splitting.encoding)
  }

  pull(into: L[], limit: number): number {
    let count = 0
    while (count < limit) {
      const at = this.#text.indexOf('\n', this.#searched)
      if (at >= 0) {
        const line = this.#cut(at)
        if (line !== undefined) into[count++] = line
        // Should the next one be too long, these come out first.
        this.#stage.ready = count
        continue
      }
      this.#searched = this.#text.length
      this.#check(this.#searched - this.#start)
      if (count > 0) return count
      if (this.#ended) return DONE
      const more = this.#more()
      if (more === PENDING) return PENDING
    }
    return count
  }

  /** The line that ends at `at`. */
  #cut(at: number): L | undefined {
    this.#check(at - this.#start)
    const end = at > this.#start && this.#text.charCodeAt(at - 1) === 13 ? at - 1 : at
    const text = this.#text.slice(this.#start, end)
    this.#start = this.#searched = at + 1
    return this.#splitting.make(text, ++this.#line)
  }

  #more(): number {
    const count = this.#upstream.pull(this.#slot, 1)
    if (count === PENDING) return PENDING
    const piece = count === DONE ? BOUNDARY : this.#slot[0]
    this.#slot.length = 0
    this.#ended = count === DONE
    if (piece === BOUNDARY) {
      const rest = this.#rest() + this.#decoder.end()
      const dropped = this.#ended && this.#splitting.onlyEnded === true
      // Given an end, whole, so that a `\r` it has stays.
      this.#set(rest === '' || dropped ? '' : `${rest}${rest.endsWith('\r') ? '\r' : ''}\n`, 0)
      this.#first = true
    } else {
      const rest = this.#rest()
      this.#set(rest + this.#decode(piece ?? ''), rest.length)
    }
    return 1
  }

  #decode(piece: string | Uint8Array): string {
    const text = typeof piece === 'string' ? piece : this.#decoder.write(piece)
    if (!this.#first || text === '') return text
    this.#first = false
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  }

  #rest(): string {
    return this.#start === 0 ? this.#text : this.#text.slice(this.#start)
  }

  #set(text: string, searched: number): void {
    this.#text = text
    this.#start = 0
    this.#searched = searched
  }

  #check(length: number): void {
    const { place, maxLineLength } = this.#splitting
    if (length > maxLineLength) throw new LineTooLongError(place, this.#line + 1, maxLineLength)
  }
}
