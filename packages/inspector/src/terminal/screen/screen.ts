import { coded } from '@sluice/core/authoring'
import { createLogUpdate } from 'log-update'
import { widthOf } from '../text/cells'
import type { Ground } from '../view/picture'
import { OwnOutput } from './own-output'

const HIDE_CURSOR = '\u001b[?25l'
const SHOW_CURSOR = '\u001b[?25h'
const SYNC_ON = '\u001b[?2026h'
const SYNC_OFF = '\u001b[?2026l'
const UP_AND_ERASE = '\u001b[1A\u001b[2K'

/** Terminals that something is drawn on: two pictures on one would erase each other. */
const taken = new WeakSet<object>()

/**
 * Lines at the bottom of a terminal that are kept up to date in place, with what the program itself writes above them.
 *
 * ```text
 *   taken ──suspend──▶ suspended ──resume──▶ taken ──leave──▶ left: nothing of it moves again, the terminal is as it was
 * ```
 */
export class Screen {
  readonly #stream: NodeJS.WriteStream
  readonly #output: OwnOutput
  readonly #update: ReturnType<typeof createLogUpdate>
  #lines: readonly string[] = []
  #columns: number
  /** What is written together, so that the terminal shows all of it at once. */
  #together: string[] | undefined
  #isSuspended = false
  #hasLeft = false
  /** Called before the program's own output is written. */
  onOutput: (() => void) | undefined

  /**
   * @param stream the terminal.
   * @param others streams of the process that show on the same terminal.
   * @throws Error where something is drawn on it already.
   */
  constructor(stream: NodeJS.WriteStream, others: readonly NodeJS.WriteStream[]) {
    if (taken.has(stream)) throw coded('SLUICE_TERMINAL', new Error('The terminal shows a picture already: end that one first'))
    taken.add(stream)
    this.#stream = stream
    this.#columns = stream.columns
    this.#output = new OwnOutput([stream, ...others.filter((other) => other !== stream)], (text) => { this.#writeAbove(text) })
    const write = (text: string): boolean => { this.#write(text); return true }
    const target = { isTTY: true, write, get columns() { return stream.columns }, get rows() { return stream.rows } }
    this.#update = createLogUpdate(target as unknown as NodeJS.WriteStream, { showCursor: true })
    this.#output.take()
    this.#output.write(stream, HIDE_CURSOR)
  }

  /** What fits: the last column and the last row stay free, so that the terminal neither wraps nor scrolls. */
  get ground(): Ground {
    return { columns: Math.max(12, this.#stream.columns - 1), rows: Math.max(1, this.#stream.rows - 1) }
  }

  draw(lines: readonly string[]): void {
    if (this.#isSuspended || this.#hasLeft) {
      this.#lines = lines
      return
    }
    this.#atOnce(() => {
      this.#forgetWidth()
      this.#lines = lines
      this.#update(lines.join('\n'))
    })
  }

  /** Clears the picture and gives the terminal back, until {@link resume}. */
  suspend(): void {
    if (this.#isSuspended || this.#hasLeft) return
    this.#output.flush()
    this.#update.clear()
    this.#isSuspended = true
    this.#write(SHOW_CURSOR)
  }

  resume(): void {
    if (!this.#isSuspended || this.#hasLeft) return
    this.#isSuspended = false
    this.#write(HIDE_CURSOR)
    this.#update(this.#lines.join('\n'))
  }

  /**
   * Gives the terminal back for good. What the program has just written stands below the last picture: it may be the report of what
   * the picture was of. No effect from the second call on.
   *
   * @param keep whether the latest picture stays where it is.
   */
  leave(keep: boolean): void {
    if (this.#hasLeft) return
    this.#hasLeft = true
    taken.delete(this.#stream)
    if (!keep) this.#update.clear()
    this.#update.done()
    this.#write(SHOW_CURSOR)
    this.#output.giveBack()
  }

  #writeAbove(text: string): void {
    this.onOutput?.()
    if (this.#isSuspended || this.#hasLeft) {
      this.#write(text)
      return
    }
    this.#atOnce(() => {
      this.#forgetWidth()
      this.#update.clear()
      this.#write(text)
      this.#update(this.#lines.join('\n'))
    })
  }

  /** In a terminal that has become narrower, the lines of the picture stand on more rows than were written. */
  #forgetWidth(): void {
    const { columns } = this.#stream
    if (columns === this.#columns) return
    const more = columns < this.#columns ? this.#lines.reduce((sum, line) => sum + Math.max(0, Math.ceil(widthOf(line) / columns) - 1), 0) : 0
    this.#columns = columns
    this.#update.clear()
    this.#write(UP_AND_ERASE.repeat(more))
  }

  #atOnce(draw: () => void): void {
    this.#together = []
    draw()
    const text = this.#together.join('').replaceAll(SYNC_ON, '').replaceAll(SYNC_OFF, '')
    this.#together = undefined
    if (text !== '') this.#write(SYNC_ON + text + SYNC_OFF)
  }

  #write(text: string): void {
    if (this.#together) this.#together.push(text)
    else this.#output.write(this.#stream, text)
  }
}
