import { jsonLine, plainFinding, plainLine } from './view/plain-lines'
import type { RunPicture } from './view/picture'
import { hasEnded } from './view/totals'
import type { Host } from './screen/signals'
import { writeTo } from '../write-to'
import { Pictures } from './watch/pictures'
import type { WatchedRuns } from './watch/watched'

/** Where lines go. */
export interface LineStream {
  write(text: string): unknown
}

/** What was said of a run. */
interface Said {
  at: number
  verdict: string | undefined
  status: RunPicture['stats']['status']
}

/** Tells of runs line by line where there is no terminal: now and then, of each new verdict, and of the end. */
export class TopLines {
  readonly #watched: WatchedRuns
  readonly #pictures: Pictures
  readonly #stream: LineStream
  readonly #lineEveryMs: number
  readonly #isJson: boolean
  readonly #said = new Map<string, Said>()
  readonly #ends: (() => void)[] = []
  readonly #left: () => void
  #hasLeft = false

  constructor(watched: WatchedRuns, { stream, host }: { readonly stream: LineStream; readonly host: Host },
    { everyMs, lineEveryMs, json }: { readonly everyMs: number; readonly lineEveryMs: number; readonly json: boolean }, left: () => void) {
    this.#watched = watched
    this.#pictures = new Pictures(watched)
    this.#stream = stream
    this.#lineEveryMs = lineEveryMs
    this.#isJson = json
    this.#left = left
    const timer = setInterval(() => { this.#tick() }, everyMs).unref()
    const ending = (): void => { this.leave() }
    host.on('exit', ending)
    this.#ends.push(() => { clearInterval(timer) }, () => { host.off('exit', ending) })
  }

  /** The last lines are written first. */
  leave(): void {
    if (this.#hasLeft) return
    this.#hasLeft = true
    for (const end of this.#ends) end()
    this.#look(true)
    this.#watched.close()
    this.#left()
  }

  #tick(): void {
    if (this.#watched.isOver()) this.leave()
    else this.#look(false)
  }

  #look(isLast: boolean): void {
    this.#pictures.take().forEach((picture, at) => { this.#tell(picture, `${at} ${picture.stats.name}`, isLast) })
  }

  #tell(picture: RunPicture, key: string, isLast: boolean): void {
    const { stats: { elapsedMs, status }, finding } = picture
    const said = this.#said.get(key) ?? { at: 0, verdict: undefined, status: 'running' as const }
    this.#said.set(key, said)
    const isOver = hasEnded(picture.stats)
    if (isOver && hasEnded(said)) return
    const verdict = finding === undefined || finding.isQuiet ? undefined : `${finding.verdict} ${finding.stage ?? ''}`
    const isNew = verdict !== undefined && verdict !== said.verdict
    if (isNew || isOver || isLast || status !== said.status || elapsedMs - said.at >= this.#lineEveryMs) {
      writeTo(this.#stream, `${this.#isJson ? jsonLine(picture) : plainLine(picture)}\n`)
      const told = isNew && !this.#isJson ? plainFinding(picture) : undefined
      if (told !== undefined) writeTo(this.#stream, `${told}\n`)
      said.at = elapsedMs
    }
    Object.assign(said, { verdict: verdict ?? said.verdict, status })
  }
}
