import { DONE, operator, PENDING, type Operator, type Outlet, type Puller, type Stage } from '@sluice/core'
import { HttpError } from './http-error'

/** A line of an NDJSON answer: what `onError` decides about, and a dead letter holds. */
export interface HttpLine {
  readonly text: string
  /** Counted from 1, blank ones too. */
  readonly line: number
}

/** Cuts bytes in UTF-8, in whatever pieces they come, into lines; blank ones are left out. */
export function decodeLines(owner: string, url: string, maxLineLength: number): Operator<Uint8Array, HttpLine> {
  return operator('lines', (upstream, stage) => new LineDecoder(owner, url, maxLineLength, upstream, stage))
}

/** Invariant: `#text` from `#start` on is what was not handed out, and has no line end before `#searched`. */
class LineDecoder implements Puller<HttpLine> {
  /** None: a line may come of several pieces. */
  readonly tickets = null
  readonly #decoder = new TextDecoder()
  readonly #slot: Uint8Array[] = []
  #text = ''
  #start = 0
  #searched = 0
  #line = 0
  #ended = false

  constructor(
    private readonly owner: string,
    private readonly url: string,
    private readonly maxLineLength: number,
    private readonly upstream: Outlet<Uint8Array>,
    private readonly stage: Stage,
  ) {}

  pull(into: HttpLine[], limit: number): number {
    for (let count = 0; ; ) {
      const at = this.#text.indexOf('\n', this.#searched)
      if (at >= 0) {
        const text = this.#cut(at)
        if (text.trim() !== '') into[count++] = { text, line: this.#line }
        // Should the next one be too long, these come out first.
        this.stage.ready = count
        if (count === limit) return count
        continue
      }
      this.#searched = this.#text.length
      this.#check(this.#searched - this.#start)
      if (count > 0) return count
      if (this.#ended) return DONE
      if (!this.#more()) return PENDING
    }
  }

  #cut(at: number): string {
    this.#check(at - this.#start)
    this.#line++
    const text = this.#text.slice(this.#start, at)
    this.#start = this.#searched = at + 1
    return text
  }

  /** False where nothing has come. */
  #more(): boolean {
    const count = this.upstream.pull(this.#slot, 1)
    if (count === PENDING) return false
    this.#ended = count === DONE
    const rest = this.#text.slice(this.#start)
    const piece = this.#ended ? this.#decoder.decode() : this.#decoder.decode(this.#slot[0], { stream: true })
    this.#slot.length = 0
    this.#text = rest + piece
    // The last line needs no end.
    if (this.#ended && this.#text !== '') this.#text += '\n'
    this.#start = 0
    this.#searched = rest.length
    return true
  }

  #check(length: number): void {
    if (length <= this.maxLineLength) return
    throw new HttpError(this.owner, `line ${this.#line + 1} is longer than ${this.maxLineLength} characters; is this NDJSON, or maxLineLength too small?`, {
      method: 'GET', url: this.url, status: 200, attempts: 1,
    })
  }
}
