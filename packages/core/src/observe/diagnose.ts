import type { RunStats, StageStats } from '../contract/stats'

/** What holds a run back, with the figures it rests on. */
export interface Diagnosis {
  /**
   * - `bottleneck`: one stage works without a break while the ones before it wait for room
   * - `sink-bound`: that stage is the sink
   * - `source-bound`: every stage waits for input
   * - `stalled`: nothing has moved since the earlier figures
   * - `balanced`: none of these
   */
  readonly verdict: 'bottleneck' | 'sink-bound' | 'source-bound' | 'stalled' | 'balanced'
  /** The id of the stage it is about. */
  readonly stage: string | undefined
  /** One or two sentences: what was seen and what to do. */
  readonly message: string
  /** Part of the time each stage with a clock was busy, idle and backpressured, 0 to 1. */
  readonly shares: readonly { readonly id: string; readonly busy: number; readonly idle: number; readonly backpressured: number }[]
}

/** Above this a state is what a stage is mostly in. Flink calls a ratio above 0.5 HIGH. */
const MOSTLY = 0.5

/**
 * Names what holds a run back.
 *
 * @param now `run.stats()`.
 * @param before earlier figures of the same run: then only the time in between counts, and a stall can be seen.
 *
 * @example
 * ```ts
 * const before = run.stats()
 * await sleep(1000)
 * console.log(diagnose(run.stats(), before).message)
 * // stage 'resize' is the bottleneck (busy 97 %, 'decode' before it backpressured 91 %): give it more concurrency …
 * ```
 */
export function diagnose(now: RunStats, before?: RunStats): Diagnosis {
  const earlier = new Map(before?.stages.map((stage) => [stage.id, stage]))
  const shares = now.stages.flatMap((stage) => share(stage, earlier.get(stage.id)) ?? [])
  const say = (verdict: Diagnosis['verdict'], stage: string | undefined, message: string): Diagnosis => ({ verdict, stage, message, shares })

  if (before && now.status === 'running' && now.stages.every(({ id, out }) => out === earlier.get(id)?.out)) {
    const holder = [...now.stages].reverse().find(({ queue }) => queue && queue.size > 0) ?? now.stages.at(-1)
    const held = holder?.queue ? `${holder.queue.size} of ${holder.queue.capacity} values` : 'the last batch'
    const seconds = ((now.elapsedMs - before.elapsedMs) / 1000).toFixed(1)
    return say('stalled', holder?.id, `nothing has moved for ${seconds} s; stage '${holder?.id}' holds ${held}: see what its function waits for`)
  }
  // Of two that are as busy (within 5 %) the one further downstream is what the other waits for.
  const most = Math.max(0, ...shares.map(({ busy }) => busy))
  const busiest = [...shares].reverse().find(({ busy }) => busy >= most - 0.05)
  if (busiest === undefined || busiest.busy < MOSTLY) {
    return shares.length > 0 && shares.every(({ idle }) => idle > MOSTLY)
      ? say('source-bound', now.stages[0]?.id, `every stage waits for input (${percents(shares, 'idle')}): a faster source would help, more concurrency would not`)
      : say('balanced', undefined, `no stage holds the others back (${percents(shares, 'busy')} busy)`)
  }
  const index = shares.indexOf(busiest)
  const waiting = shares.slice(0, index).filter(({ backpressured }) => backpressured > MOSTLY)
  const seen = `busy ${percent(busiest.busy)}${waiting.length > 0 ? `, before it backpressured: ${percents(waiting, 'backpressured')}` : ''}`
  if (now.stages.find(({ id }) => id === busiest.id)?.kind === 'sink') {
    return say('sink-bound', busiest.id, `the sink '${busiest.id}' is what limits the run (${seen}): write larger batches, or more at once`)
  }
  return say('bottleneck', busiest.id, `stage '${busiest.id}' is the bottleneck (${seen}): give it more concurrency or less to do; a bigger buffer before it would only fill up`)
}

function share(stage: StageStats, earlier: StageStats | undefined): Diagnosis['shares'][number] | undefined {
  if (stage.time === undefined) return undefined
  const busy = stage.time.busyMs - (earlier?.time?.busyMs ?? 0)
  const idle = stage.time.idleMs - (earlier?.time?.idleMs ?? 0)
  const backpressured = stage.time.backpressuredMs - (earlier?.time?.backpressuredMs ?? 0)
  const total = busy + idle + backpressured || 1
  return { id: stage.id, busy: busy / total, idle: idle / total, backpressured: backpressured / total }
}

function percent(part: number): string {
  return `${Math.round(part * 100)} %`
}

function percents(shares: Diagnosis['shares'], state: 'busy' | 'idle' | 'backpressured'): string {
  return shares.map((share) => `${share.id} ${percent(share[state])}`).join(', ')
}
