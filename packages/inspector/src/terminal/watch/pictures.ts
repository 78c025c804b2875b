import { findingOf, WINDOW_MS, type Finding } from '../view/finding'
import { History } from '../view/history'
import type { RunPicture } from '../view/picture'
import { hasEnded } from '../view/totals'
import type { WatchedRun, WatchedRuns } from './watched'

/** Rates and shares are averages over this time, in ms: long enough to be steady, short enough to show a change. */
const RATE_MS = 4000

/** What was seen of one run. */
interface Seen {
  readonly history: History
  readonly last: RunPicture
}

/** Makes pictures of runs, and remembers as much of the past as they need. */
export class Pictures {
  readonly #watched: WatchedRuns
  #seen = new Map<WatchedRun, Seen>()

  constructor(watched: WatchedRuns) {
    this.#watched = watched
  }

  /** How the runs are now. One that has ended is asked for its figures once more, and then no longer. */
  take(): RunPicture[] {
    const seen = new Map<WatchedRun, Seen>()
    for (const run of this.#watched.list()) seen.set(run, this.#look(run, this.#seen.get(run)))
    this.#seen = seen
    return [...seen.values()].map(({ last }) => last)
  }

  #look(run: WatchedRun, seen: Seen | undefined): Seen {
    if (seen && hasEnded(seen.last.stats)) return seen
    const stats = run.stats()
    const history = seen?.history ?? new History(WINDOW_MS)
    history.add(stats)
    const ended = hasEnded(stats)
    const finding: Finding | undefined = findingOf(stats, history.before(WINDOW_MS))
    // What has ended is told as a whole.
    return { history, last: { stats, before: ended ? undefined : history.before(RATE_MS), finding, failure: run.failure(), canPause: run.toggle !== undefined } }
  }
}
