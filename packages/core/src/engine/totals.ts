import type { Fate } from '../contract/fate'
import type { RunTotals } from '../contract/stats'
import type { RunningStage } from './running-stage'

/** From the best to the worst: what became of a value is the worst that became of its parts. */
const FATES = ['absorbed', 'delivered', 'skipped', 'dropped', 'deadLettered', 'abandoned', 'failed'] as const satisfies readonly Fate[]

const RANKS: Readonly<Record<Fate, number>> = { absorbed: 0, delivered: 1, skipped: 2, dropped: 3, deadLettered: 4, abandoned: 5, failed: 6 }

/** The place of a fate among all, the worst last. */
export function rankOf(fate: Fate): number {
  return RANKS[fate]
}

/** The fate of a place. */
export function fateOf(rank: number): Fate {
  return FATES[rank] as Fate
}

/** How many values met each fate; a stage has these of the values that it ended. */
export type FateCounts = Record<Fate, number>

export function noFates(): FateCounts {
  return { absorbed: 0, delivered: 0, skipped: 0, dropped: 0, deadLettered: 0, abandoned: 0, failed: 0 }
}

/**
 * What became of the values of a run.
 *
 * ```text
 *   plain value   ─▶ counted by the stage that ends it        (no ticket: it stands for itself)
 *   value with a ticket ─▶ its last share settles ─▶ counted here
 *   read − all of these = in flight; once the run has ended = abandoned
 * ```
 *
 * Stages that live as long as the run keep their own counts, which costs nothing per value; those of stages that leave
 * earlier are added here when they do.
 */
export class Totals {
  #read = 0
  readonly #counts = noFates()
  readonly #reasons = new Map<string, { readonly fate: Fate; readonly reason: string; count: number }>()

  /** Values that tickets stood for have met their fate. */
  add(fate: Fate, count: number, reason: string): void {
    if (count === 0) return
    // By its name a field costs several times as much, and a broadcast counts each value here.
    if (fate === 'delivered') {
      this.#counts.delivered += count
      return
    }
    this.#counts[fate] += count
    if (fate === 'abandoned') return
    const key = `${fate} ${reason}`
    const known = this.#reasons.get(key)
    if (known) known.count += count
    else this.#reasons.set(key, { fate, reason, count })
  }

  /** A stage has made values of no other value. */
  made(count: number): void {
    this.#read += count
  }

  /** A stage leaves the run before its end. */
  retire(stage: RunningStage<unknown>): void {
    this.#read += stage.makes + (stage.isLeaf ? stage.out : 0)
    const { fates } = stage
    if (fates) for (const fate of FATES) this.add(fate, fates[fate], stage.name)
  }

  /** @param over the run has ended: what has met no other fate is abandoned. */
  describe(stages: Iterable<RunningStage<unknown>>, over: boolean): RunTotals {
    const sum = new Totals()
    sum.#read = this.#read
    for (const fate of FATES) sum.#counts[fate] = this.#counts[fate]
    for (const [key, entry] of this.#reasons) sum.#reasons.set(key, { ...entry })
    for (const stage of stages) sum.retire(stage)
    const counts = sum.#counts
    let open = sum.#read
    for (const fate of FATES) if (fate !== 'abandoned') open -= counts[fate]
    const reasons: Record<'absorbed' | 'dropped' | 'skipped' | 'deadLettered' | 'failed', Record<string, number>> = {
      absorbed: {}, dropped: {}, skipped: {}, deadLettered: {}, failed: {},
    }
    for (const { fate, reason, count } of sum.#reasons.values()) {
      if (fate === 'delivered' || fate === 'abandoned') continue
      // A stage may have any name, also that of something every object has.
      Object.defineProperty(reasons[fate], reason, { value: count, enumerable: true, configurable: true, writable: true })
    }
    const { absorbed, delivered, skipped, dropped, deadLettered, failed } = counts
    return {
      read: sum.#read, delivered, absorbed, dropped, skipped, deadLettered, failed,
      abandoned: over ? open : 0, inFlight: over ? 0 : open, reasons,
    }
  }
}
