import { EventEmitter } from 'node:events'
import headless from '@xterm/headless'

/** A terminal that is not there: a stream that tells how large it is, and a picture of what a user would see. */
export class FakeTerminal extends EventEmitter {
  readonly isTTY = true
  columns: number
  rows: number
  /** All that was written to it. */
  raw = ''
  readonly #screen: InstanceType<typeof headless.Terminal>

  constructor(columns: number, rows: number) {
    super()
    this.columns = columns
    this.rows = rows
    this.#screen = new headless.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true })
  }

  /** As the stream that the code under test is given. */
  get stream(): NodeJS.WriteStream {
    return this as unknown as NodeJS.WriteStream
  }

  write(text: string): boolean {
    this.raw += text
    this.#screen.write(text)
    return true
  }

  resize(columns: number, rows: number): Promise<void> {
    return new Promise((resolve) => {
      this.#screen.write('', () => {
        this.columns = columns
        this.rows = rows
        this.#screen.resize(columns, rows)
        this.emit('resize')
        resolve()
      })
    })
  }

  /** The lines that are there, those that were scrolled out of sight first, without the empty ones at the end. */
  lines(): Promise<string[]> {
    return new Promise((resolve) => {
      this.#screen.write('', () => {
        const { active } = this.#screen.buffer
        const lines = Array.from({ length: active.length }, (_, at) => active.getLine(at)?.translateToString(true) ?? '')
        while (lines.at(-1) === '') lines.pop()
        resolve(lines)
      })
    })
  }

  get isCursorHidden(): boolean {
    return this.raw.lastIndexOf('\u001b[?25l') > this.raw.lastIndexOf('\u001b[?25h')
  }
}
