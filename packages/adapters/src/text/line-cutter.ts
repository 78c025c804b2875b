/** A line that is longer than allowed: its beginning. The rest of the line is passed over. */
export class LongLine {
  constructor(readonly beginning: string) {}
}

/** Characters of a line too long that are kept, at most. */
const BEGINNING = 1000

/**
 * Cuts a text that comes in pieces into lines. A line ends with `\n`, `\r\n` or `\r`, each of which may be cut anywhere.
 *
 * ```text
 *   [ begun: of pieces before ] [ … handed out … | next line ⏎ | … ]
 *                                                └ #at     └ #feed, #return: the next line ends of either kind
 * ```
 *
 * Each character is looked at once, however small the pieces are. What is begun is joined when its line ends.
 */
export class LineCutter {
  readonly #maxLength: number
  #begun = ''
  #text = ''
  #at = 0
  /** Of the next `\n` and `\r` in `#text`; its length where there is none. */
  #feed = 0
  #return = 0
  /** The line before ended with the `\r` at the end of a piece: a `\n` at the start of the next one belongs to it. */
  #afterReturn = false
  /** In the middle of a line that was too long. */
  #passing = false

  constructor(maxLength: number) {
    this.#maxLength = maxLength
  }

  /** Only where `next` has answered undefined. */
  add(piece: string): void {
    if (piece === '') return
    this.#text = piece
    this.#at = this.#afterReturn && piece.charCodeAt(0) === 10 ? 1 : 0
    this.#afterReturn = false
    this.#feed = this.#return = -1
  }

  /** The next line without its end; undefined where more has to be added first. */
  next(): string | LongLine | undefined {
    while (this.#at < this.#text.length) {
      const end = this.#end()
      const ended = end < this.#text.length
      const part = this.#text.slice(this.#at, end)
      if (ended) this.#step(end)
      else this.#at = end
      if (this.#passing) {
        this.#passing = !ended
        continue
      }
      if (this.#begun.length + part.length > this.#maxLength) {
        this.#passing = !ended
        return this.#long(part)
      }
      if (ended) return this.#whole(part)
      this.#begun += part
    }
    return undefined
  }

  /** What was begun and has no end, which is forgotten; undefined where nothing was begun. */
  rest(): string | undefined {
    const rest = this.#begun
    this.#begun = ''
    this.#passing = this.#afterReturn = false
    return rest === '' ? undefined : rest
  }

  #whole(part: string): string {
    const line = this.#begun === '' ? part : this.#begun + part
    this.#begun = ''
    return line
  }

  #end(): number {
    const length = this.#text.length
    if (this.#feed < this.#at) this.#feed = orElse(this.#text.indexOf('\n', this.#at), length)
    if (this.#return < this.#at) this.#return = orElse(this.#text.indexOf('\r', this.#at), length)
    return this.#feed < this.#return ? this.#feed : this.#return
  }

  /** To the start of the line behind `end`. */
  #step(end: number): void {
    const isReturn = end === this.#return
    const isLast = end + 1 === this.#text.length
    this.#at = isReturn && !isLast && this.#feed === end + 1 ? end + 2 : end + 1
    this.#afterReturn = isReturn && isLast
  }

  #long(part: string): LongLine {
    // The same, however the text was cut.
    const beginning = (this.#begun + part).slice(0, Math.min(BEGINNING, this.#maxLength))
    this.#begun = ''
    return new LongLine(beginning)
  }
}

function orElse(found: number, none: number): number {
  return found < 0 ? none : found
}
