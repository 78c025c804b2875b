import { messageOf } from '@sluice/core/authoring'
import type { Hub } from '../server/hub'
import type { RunList } from '../watch/run-list'
import { RunEncoder } from '../wire/encoder'
import type { Frame, RunsFrame } from '../wire/frames'
import { writeTo } from '../write-to'
import { GzipFile } from './gzip-file'

/** Seconds after which what was recorded is on the disk: a program that is killed loses no more. */
const FLUSH_EVERY = 5
/** Seconds after which a run is written as a whole again, so that a reader need not begin at the beginning. */
const WHOLE_EVERY = 60

/**
 * Writes what a page would be sent into a file: the same frames, once a second, of all runs. The file is ended when the process ends, by
 * itself, by `process.exit` or by an error.
 */
export class Recorder {
  readonly #runs: RunList
  readonly #hub: Hub
  readonly #file: GzipFile
  readonly #encoders = new Map<number, RunEncoder>()
  /** The last failure of each run that was written. */
  readonly #failuresWritten = new Map<number, number>()
  readonly #atExit = (): void => { this.close() }
  #seconds = 0

  /** @throws Error where the file cannot be written. */
  constructor(path: string, hub: Hub) {
    this.#runs = hub.runs
    this.#hub = hub
    // It may hold values of failed items: nobody else reads it.
    this.#file = new GzipFile(path, (error) => { writeTo(process.stderr, `sluice: the recording ${path} ends here: ${messageOf(error)}\n`) })
    this.#write(hub.hello)
    this.#file.flush()
    hub.onSecond((frame) => { this.#second(frame) })
    process.once('exit', this.#atExit)
  }

  /** Writes the last second, and ends the file. No effect from the second call on. */
  close(): void {
    process.off('exit', this.#atExit)
    this.#second(this.#hub.frame())
    this.#file.end()
  }

  #second(frame: RunsFrame): void {
    if (!this.#file.isOpen) return
    const isWhole = this.#seconds++ % WHOLE_EVERY === 0
    this.#write(frame)
    const shown = this.#runs.shown
    for (const observed of shown) {
      let encoder = this.#encoders.get(observed.id)
      if (encoder === undefined) this.#encoders.set(observed.id, (encoder = new RunEncoder(observed.id)))
      const stats = observed.stats()
      if (isWhole || encoder.isAnother(stats)) this.#write(encoder.full(stats, { at: [] }))
      else {
        const delta = encoder.delta(stats)
        if (delta) this.#write(delta)
      }
      const failures = observed.failures.frame(observed.id, isWhole ? 0 : (this.#failuresWritten.get(observed.id) ?? 0))
      this.#failuresWritten.set(observed.id, observed.failures.count)
      if (failures) this.#write(failures)
    }
    for (const id of this.#encoders.keys()) {
      if (shown.some((observed) => observed.id === id)) continue
      this.#encoders.delete(id)
      this.#failuresWritten.delete(id)
    }
    if (this.#seconds % FLUSH_EVERY === 1) this.#file.flush()
  }

  #write(frame: Frame): void {
    this.#file.write(`${JSON.stringify(frame)}\n`)
  }
}
