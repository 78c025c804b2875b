import { StringDecoder } from 'node:string_decoder'
import { writeTo } from '../../write-to'

type Write = NodeJS.WriteStream['write']

/** The lines that a program writes are gathered for this long, in ms: otherwise each line would have the picture drawn again. */
const GATHER_MS = 40
/** So many characters are not gathered longer. */
const MOST_GATHERED = 65_536

/**
 * What the program itself writes to its terminal, line by line: it goes above the picture. What a line lacks its end is held back until
 * that comes.
 */
export class OwnOutput {
  readonly #streams: readonly NodeJS.WriteStream[]
  readonly #above: (text: string) => void
  readonly #originals = new Map<NodeJS.WriteStream, Write>()
  #held = ''
  #timer: NodeJS.Timeout | undefined

  /**
   * @param streams those of the process that show on the same terminal.
   * @param above writes whole lines above the picture.
   */
  constructor(streams: readonly NodeJS.WriteStream[], above: (text: string) => void) {
    this.#streams = streams
    this.#above = above
  }

  /** From now on the program writes above the picture. */
  take(): void {
    for (const stream of this.#streams) {
      // eslint-disable-next-line @typescript-eslint/unbound-method -- it is put back as it was
      this.#originals.set(stream, stream.write)
      // A character of several bytes may come in two chunks.
      const decoder = new StringDecoder('utf8')
      stream.write = ((chunk: string | Uint8Array, encoding?: BufferEncoding | ((error?: Error) => void), done?: (error?: Error) => void) => {
        this.#hold(typeof chunk === 'string' ? chunk : decoder.write(Buffer.from(chunk)))
        const answer = typeof encoding === 'function' ? encoding : done
        if (answer) process.nextTick(answer)
        return true
      })
    }
  }

  /** Writes past this: for the picture itself. */
  write(stream: NodeJS.WriteStream, text: string): void {
    writeTo(stream, text, this.#originals.get(stream))
  }

  /** Writes the lines that are held now. */
  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const end = this.#held.lastIndexOf('\n') + 1
    if (end === 0) return
    const lines = this.#held.slice(0, end)
    this.#held = this.#held.slice(end)
    this.#above(lines)
  }

  /** The program writes as before, beginning with what is held. */
  giveBack(): void {
    this.flush()
    for (const [stream, write] of this.#originals) stream.write = write
    this.#originals.clear()
    const rest = this.#held
    this.#held = ''
    if (rest !== '') this.#above(`${rest}\n`)
  }

  #hold(text: string): void {
    this.#held += text
    if (this.#held.length > MOST_GATHERED) {
      if (!this.#held.includes('\n')) this.#held += '\n'
      this.flush()
    } else this.#timer ??= setTimeout(() => { this.flush() }, GATHER_MS).unref()
  }
}
