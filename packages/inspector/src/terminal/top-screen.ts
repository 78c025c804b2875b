import { paintFor } from './text/paint'
import { afterKey, FIRST_LOOKS, type Key, type Looks } from './view/looks'
import { frame, visibleRows } from './view/frame'
import type { RunPicture } from './view/picture'
import { readKeys, type KeyStream } from './screen/keyboard'
import { Screen } from './screen/screen'
import { careFor, type Host } from './screen/signals'
import { Pictures } from './watch/pictures'
import type { WatchedRuns } from './watch/watched'

/** The terminal and the process that a picture is shown by. */
export interface Place {
  readonly stream: NodeJS.WriteStream
  /** Streams of the process that show on the same terminal. */
  readonly others: readonly NodeJS.WriteStream[]
  readonly input: KeyStream
  readonly host: Host
  readonly env: NodeJS.ProcessEnv
}

/** The picture that is kept up to date on a terminal, and what its keys do. */
export class TopScreen {
  readonly #watched: WatchedRuns
  readonly #pictures: Pictures
  readonly #place: Place
  readonly #screen: Screen
  readonly #ends: (() => void)[] = []
  readonly #left: () => void
  #looks: Looks = FIRST_LOOKS
  #shown: readonly RunPicture[] = []
  #hasLeft = false

  /** @param left called once, when the terminal was given back. */
  constructor(watched: WatchedRuns, place: Place, everyMs: number, left: () => void) {
    this.#watched = watched
    this.#place = place
    this.#left = left
    this.#pictures = new Pictures(watched)
    this.#screen = new Screen(place.stream, place.others)
    const care = { leave: () => { this.leave(true) }, suspend: () => { this.#suspend() }, resume: () => { this.#resume() } }
    const redraw = (): void => { this.#draw() }
    const timer = setInterval(() => { this.#tick() }, everyMs).unref()
    place.stream.on('resize', redraw)
    // What the program writes when all is over, such as a report, stands below the last picture.
    this.#screen.onOutput = () => { if (watched.isOver()) this.leave(true) }
    this.#ends.push(() => { clearInterval(timer) }, () => { place.stream.off('resize', redraw) }, careFor(care, place.host))
    this.#listen()
    this.#tick()
  }

  /** @param keep whether the latest picture stays where it is. */
  leave(keep: boolean): void {
    if (this.#hasLeft) return
    this.#hasLeft = true
    for (const end of this.#ends) end()
    this.#stopListening()
    if (keep) {
      this.#look()
      this.#looks = { ...this.#looks, panel: 'none', isTyping: false }
      this.#draw()
    }
    this.#screen.leave(keep)
    this.#watched.close()
    this.#left()
  }

  #stopListening: () => void = () => {}

  #listen(): void {
    this.#stopListening = readKeys(this.#place.input, (key) => { this.#press(key) }, this.#place.host)
  }

  #suspend(): void {
    this.#stopListening()
    this.#screen.suspend()
  }

  #resume(): void {
    this.#listen()
    this.#screen.resume()
    this.#tick()
  }

  #tick(): void {
    this.#look()
    this.#draw()
    if (this.#watched.isOver()) this.leave(true)
  }

  #look(): void {
    if (!this.#looks.isFrozen || this.#watched.isOver()) this.#shown = this.#pictures.take()
  }

  #draw(): void {
    const { stream, env } = this.#place
    this.#screen.draw(frame(this.#shown, this.#looks, this.#watched.note(), this.#screen.ground, paintFor(stream, env)))
  }

  #press(key: Key): void {
    const at = Math.min(this.#looks.run ?? Infinity, this.#shown.length - 1)
    const picture = this.#shown[at]
    const { looks, wish } = afterKey(this.#looks, key, picture ? visibleRows(picture, this.#looks).length : 0, this.#shown.length)
    this.#looks = looks
    if (wish === 'quit') {
      this.leave(false)
      return
    }
    if (wish === 'pause') {
      this.#watched.list()[at]?.toggle?.()
      this.#look()
    }
    if (wish === 'more' || wish === 'fewer') this.#adjust(picture, at, wish === 'more' ? 1 : -1)
    this.#draw()
  }
  /** Of the picked row, the stage of which something can be changed. */
  #adjust(picture: RunPicture | undefined, at: number, way: 1 | -1): void {
    const rows = picture ? visibleRows(picture, this.#looks) : []
    const stage = rows[Math.min(this.#looks.picked, rows.length - 1)]?.steps.find(({ adjustable, inner }) => adjustable && !inner)
    if (stage === undefined) return
    this.#watched.list()[at]?.adjust?.(stage.id, way)
    this.#look()
  }
}
