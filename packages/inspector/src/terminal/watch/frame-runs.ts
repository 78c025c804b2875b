import { coded } from '@sluice/core/authoring'
import { RunDecoder } from '../../wire/decoder'
import { FRAMES_VERSION, type Frame, type RunSummary } from '../../wire/frames'
import { hasEnded } from '../view/totals'
import type { WatchedRun, WatchedRuns } from './watched'

/** Runs of another process, or of a recording, as their frames tell of them. */
export class FrameRuns implements WatchedRuns {
  readonly #decoders = new Map<number, RunDecoder>()
  readonly #watched = new Map<number, WatchedRun>()
  #summaries: readonly RunSummary[] = []
  #note: string | undefined
  #isOver = false
  /** Called once, when nobody looks any longer. */
  onClose: (() => void) | undefined

  /** @throws Error for frames of another version. */
  take(frame: Frame): void {
    switch (frame.t) {
      case 'hello': {
        if (frame.v !== FRAMES_VERSION) throw coded('SLUICE_WATCH', new Error(`The process speaks version ${frame.v} of the frames, and this is version ${FRAMES_VERSION}`))
        return
      }
      case 'runs': this.#summaries = frame.runs; return
      case 'full': {
        const decoder = this.#decoders.get(frame.run) ?? new RunDecoder()
        this.#decoders.set(frame.run, decoder)
        decoder.full(frame)
        return
      }
      case 'delta': this.#decoders.get(frame.run)?.delta(frame); return
      case 'event': case 'failures': case 'tap':
    }
  }

  /** The runs in one line each, the latest that was heard. */
  summaries(): readonly RunSummary[] {
    return this.#summaries
  }

  list(): readonly WatchedRun[] {
    return [...this.#decoders].sort(([a], [b]) => a - b).flatMap(([id, decoder]) => this.#runOf(id, decoder) ?? [])
  }

  note(): string | undefined {
    return this.#note ?? (this.#decoders.size === 0 ? 'The process has no runs yet.' : undefined)
  }

  isOver(): boolean {
    return this.#isOver || (this.#decoders.size > 0 && this.#summaries.length > 0 && this.#summaries.every(hasEnded) && this.list().every((run) => hasEnded(run.stats())))
  }

  /** There will be no more frames. */
  end(note: string | undefined): void {
    this.#note = note
    this.#isOver = true
  }

  close(): void {
    this.onClose?.()
    this.onClose = undefined
  }

  #runOf(id: number, decoder: RunDecoder): WatchedRun | undefined {
    if (decoder.stats === undefined) return undefined
    const known = this.#watched.get(id)
    if (known) return known
    // A copy: changes are put into the same object, and what was shown is compared with what is.
    const run: WatchedRun = { stats: () => structuredClone(decoder.stats as NonNullable<typeof decoder.stats>), failure: () => this.#summaries.find((summary) => summary.id === id)?.failure?.message }
    this.#watched.set(id, run)
    return run
  }
}
