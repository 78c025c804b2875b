import { type Operator } from '@sluice/core'
import { DONE, operator, PENDING, type Outlet, type Puller, type Stage } from '@sluice/core/authoring'
import { LineCutter } from './line-cutter'

/** Between two files: what was begun in the first is a line of its own. */
export const BOUNDARY = Symbol('boundary')

/** A piece of a text. */
export type Piece = string | Uint8Array | typeof BOUNDARY

/** Bytes as text, in pieces cut anyhow. */
export interface PieceDecoder {
  write(bytes: Uint8Array): string
  /** What was begun; the next piece begins a text of its own. */
  end(): string
}

/** A line of a text: what `onError` decides about, and a dead letter holds. */
export interface TextLine {
  readonly text: string
  /** Counted from 1, blank ones too. */
  readonly line: number
  /** True where the line is longer than `maxLineLength`: `text` is its beginning, 1,000 characters at most. */
  readonly cut?: true
}

/** How a text is cut into lines. */
export interface Splitting<L> {
  readonly name: string
  readonly decoder: () => PieceDecoder
  readonly maxLineLength: number
  /** Leave a last line out that has no end: there may be more of it to come. */
  readonly onlyEnded?: boolean
  /** What becomes of a line; `line` counts from 1. Undefined leaves it out. */
  readonly make: (text: string, line: number) => L | undefined
  /** What becomes of a line too long, given its beginning. A throw ends the text, after the lines before. */
  readonly long: (beginning: string, line: number) => L
}

/** Cuts text, in whatever pieces it comes, into lines: they end with `\n`, `\r\n` or `\r`. A byte order mark is left out. */
export function splitLines<L>(splitting: Splitting<L>): Operator<Piece, L> {
  return operator(splitting.name, (upstream, stage) => new LineSplitter<L>(splitting, upstream, stage))
}

class LineSplitter<L> implements Puller<L> {
  /** None: a line may come of several pieces, so lines are new values. Tickets of pieces are held until the run has ended. */
  readonly tickets = null
  readonly #splitting: Splitting<L>
  readonly #upstream: Outlet<Piece>
  readonly #stage: Stage
  readonly #cutter: LineCutter
  readonly #decoder: PieceDecoder
  readonly #slot: Piece[] = []
  #line = 0
  #first = true
  #ended = false

  constructor(splitting: Splitting<L>, upstream: Outlet<Piece>, stage: Stage) {
    this.#splitting = splitting
    this.#upstream = upstream
    this.#stage = stage
    this.#cutter = new LineCutter(splitting.maxLineLength)
    this.#decoder = splitting.decoder()
  }

  pull(into: L[], limit: number): number {
    const { make } = this.#splitting
    let count = 0
    while (count < limit) {
      const text = this.#cutter.next()
      if (text !== undefined) {
        const line = typeof text === 'string' ? make(text, ++this.#line) : this.#long(text.beginning, count)
        if (line !== undefined) into[count++] = line
        continue
      }
      // What has no end becomes a line when the text, or its file, has ended.
      const rest = this.#ended || this.#first ? this.#last() : undefined
      if (rest !== undefined) into[count++] = rest
      if (count > 0) break
      if (this.#ended) return DONE
      if (this.#more() === PENDING) return PENDING
      // A line in many small pieces, or many lines that are left out.
      if (this.#stage.scope.scheduler.spent(1)) {
        this.#stage.wake()
        return PENDING
      }
    }
    this.#stage.made(count)
    return count
  }

  #long(beginning: string, count: number): L {
    // Where that throws, these come out first.
    this.#stage.ready = count
    try {
      return this.#splitting.long(beginning, ++this.#line)
    } catch (error) {
      this.#stage.made(count)
      throw error
    }
  }

  /** The line that the text has ended in, if there is one. */
  #last(): L | undefined {
    const rest = this.#cutter.rest()
    // A stop may have cut the text in the middle of a line: half a line is none.
    const dropped = this.#ended && (this.#splitting.onlyEnded === true || this.#upstream.endedEarly === true)
    return rest === undefined || dropped ? undefined : this.#splitting.make(rest, ++this.#line)
  }

  #more(): number {
    const count = this.#upstream.pull(this.#slot, 1)
    if (count === PENDING) return PENDING
    const piece = count === DONE ? BOUNDARY : (this.#slot[0] as Piece)
    this.#slot.length = 0
    this.#ended = count === DONE
    if (!this.#ended && !this.#upstream.tickets?.[0]) this.#stage.settleCount(1, 'absorbed')
    const text = typeof piece === 'string' ? this.#decoder.end() + piece : piece === BOUNDARY ? this.#decoder.end() : this.#decoder.write(piece)
    this.#cutter.add(this.#first && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
    this.#first = piece === BOUNDARY || (this.#first && text === '')
    return 1
  }
}
