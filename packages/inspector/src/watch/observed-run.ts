import type { Run, RunStats } from '@sluice/core'
import { printError } from '@sluice/core/authoring'
import type { Finding, ProcessFigures, RunSummary, ShownFailure } from '../wire/frames'
import { maskedText, shown, type Redact } from '../values/shown'
import { FailureList } from './failure-list'
import { foundIn, NOTHING } from './found'
import { History } from './history'
import { withTemplates } from './templates'

/** How long ago the figures are that a diagnosis compares with, in seconds. */
const WINDOW = 10
/** Seconds that the overview draws. */
const TREND = 40

/** One run, and what was seen of it. */
export class ObservedRun {
  readonly id: number
  readonly run: Run<unknown>
  readonly history = new History()
  readonly failures: FailureList
  found: Finding = NOTHING
  /** When it was seen to have ended, in ms since 1970. */
  endedAt: number | undefined
  readonly #redact: Redact | undefined
  readonly #looks: RunStats[] = []
  /** A run that has ended does not change any more. */
  #last: RunStats | undefined

  constructor(id: number, run: Run<unknown>, redact: Redact | undefined) {
    this.id = id
    this.run = run
    this.#redact = redact
    this.failures = new FailureList(run, redact)
  }

  /**
   * Whether it has ended. Its status is asked for: a promise that hung on the run would hide from the program that nobody else awaits it.
   */
  get hasEnded(): boolean {
    return this.run.status === 'completed' || this.run.status === 'failed' || this.run.status === 'aborted'
  }

  /** Its figures at this moment. */
  stats(): RunStats {
    if (this.#last) return this.#last
    const stats = withTemplates(this.run.stats())
    if (this.hasEnded) this.#last = stats
    return stats
  }

  /** Another second is over. */
  look(figures: ProcessFigures, at: number): void {
    if (this.#last) return
    const stats = this.stats()
    this.history.add(stats, figures, at)
    // As the run itself tells them: what is shown as one stage may be a thousand.
    const own = this.run.stats()
    this.#looks.push(own)
    if (this.#looks.length > WINDOW) this.#looks.shift()
    // Of a run that has ended, what held it back while it was at work is what is worth knowing.
    if (stats.status === 'running') this.found = foundIn(own, this.#looks[0] === own ? undefined : this.#looks[0])
  }

  summary(now: number): RunSummary {
    const stats = this.stats()
    const { totals } = stats
    const trend = this.history.trend(TREND).map((rate) => Math.round(rate * 10) / 10)
    return {
      id: this.id, name: stats.name, status: stats.status, elapsedMs: Math.round(stats.elapsedMs), stages: stats.stages.length, trend,
      endedAgoMs: this.endedAt === undefined ? null : now - this.endedAt,
      rate: this.hasEnded ? 0 : (trend.at(-1) ?? 0), done: totals.delivered, dropped: totals.dropped, dead: totals.deadLettered, failed: totals.failed + totals.skipped,
      found: this.found, failure: this.#failure(stats),
    }
  }

  #failure(stats: RunStats): ShownFailure | null {
    const { failure } = this.run
    if (failure === undefined) return null
    const { stage, position, attempt, path, message, error, item } = failure
    return {
      stage, position, attempt, path, message: maskedText(message), error: maskedText(printError(error)),
      item: item === undefined ? null : shown(item, this.#redact),
      site: stats.stages.find((each) => each.name === stage)?.site ?? null,
    }
  }
}
