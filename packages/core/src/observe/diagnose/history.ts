import type { RunStats } from '../../contract/stats'
import type { Finding } from './diagnosis'
import { percent, rounded } from './wording'

/** Readings nearer than this are no window. */
const APART_MS = 1000
/** How long culprits are remembered, and how many. */
const MEMORY_MS = 60_000
const MOST = 64
/** From so many on it can be told whether they take turns. */
const ENOUGH = 6
const OFTEN = 0.3

/** What is remembered of a run between two diagnoses of it: its figures, and who the culprit was. */
export class History {
  #readings: RunStats[] = []
  #culprits: { readonly atMs: number; readonly stage: string }[] = []

  /** The figures of the last diagnosis; of the one before where that was just now. */
  before(now: RunStats): RunStats | undefined {
    const found = this.#readings.findLast(({ elapsedMs }) => now.elapsedMs - elapsedMs >= APART_MS)
    this.#readings = [...this.#readings.slice(found ? this.#readings.indexOf(found) : 0), now].slice(-MOST)
    return found
  }

  /** Notes a culprit; tells where it is one stage at one time and another at another. */
  alternation(now: RunStats, finding: Finding | undefined): Finding | undefined {
    this.#culprits = this.#culprits.filter(({ atMs }) => now.elapsedMs - atMs < MEMORY_MS).slice(1 - MOST)
    if (finding?.severity === 'advice' && finding.stage !== null) this.#culprits.push({ atMs: now.elapsedMs, stage: finding.stage })
    const all = this.#culprits.length
    if (all < ENOUGH) return undefined
    const times = new Map<string, number>()
    for (const { stage } of this.#culprits) times.set(stage, (times.get(stage) ?? 0) + 1)
    const often = [...times].map(([stage, count]) => ({ stage, share: count / all })).filter(({ share }) => share >= OFTEN).sort((a, b) => b.share - a.share)
    const [first, second] = often
    if (!first || !second) return undefined
    return {
      verdict: 'alternating', severity: 'advice', stage: first.stage, cause: 'turns',
      message: `what holds the run back changes: ${often.map(({ stage, share }) => `'${stage}' ${percent(share)}`).join(', ')} of the time`,
      advice: `a buffer between '${first.stage}' and '${second.stage}' that holds what comes in one of these stretches lets both work all the time`,
      figures: Object.fromEntries(often.map(({ stage, share }) => [stage, rounded(share)])), confidence: Math.min(1, first.share + second.share),
    }
  }
}

const histories = /* @__PURE__ */ new WeakMap<object, History>()

/** The history of a run; goes with the run. */
export function historyOf(run: object): History {
  const known = histories.get(run)
  if (known) return known
  const made = new History()
  histories.set(run, made)
  return made
}
