import { DONE, PENDING, type Outlet, type Puller, type Stage, type Tickets } from '@sluice/core'
import { Alarm } from './alarm'
import { Overlap } from './overlap'
import { pullOrFail } from './reading'

/**
 * Windows by the time values are read at; see `windowTime`.
 *
 * Invariants: `times` has an entry for each value held; the window `at` has all of them, later ones the newest of them.
 */
export function timeWindows<A>(upstream: Outlet<A>, stage: Stage, ms: number, everyMs: number, maxCount: number): Puller<A[]> {
  const { clock, scheduler } = stage.scope
  const tickets: Tickets | null = upstream.tickets ? [] : null
  const held = new Overlap<A>(tickets)
  const alarm = new Alarm(stage)
  const chunk: A[] = []
  /** When each value held was read. */
  let times: number[] = []
  let origin: number | undefined
  /** Which window is the earliest that is not over: it lasts from `origin + at * everyMs`, for `ms`. */
  let at = 0
  let ended = false
  const start = (index: number): number => (origin ?? 0) + index * everyMs

  const collect = (): number => {
    const count = pullOrFail(upstream, stage, chunk, Math.min(maxCount - held.size, scheduler.batch))
    if (count < 1) return count
    const now = clock.now()
    origin ??= now
    // Windows that went by without a value are passed over.
    if (held.size === 0) at = Math.max(at, Math.floor((now - ms - origin) / everyMs) + 1)
    for (let i = 0; i < count; i++) {
      held.add(chunk[i] as A, upstream.tickets?.[i])
      times.push(now)
      chunk[i] = undefined as A
    }
    return count
  }
  const handOver = (into: A[][]): number => {
    const next = start(++at)
    const staying = times.findIndex((time) => time >= next)
    const gone = staying < 0 ? times.length : staying
    held.handOver(gone, into, 0)
    times = times.slice(gone)
    if (held.size === 0) alarm.clear()
    return 1
  }
  const rest = (): number => {
    if (held.size > 0) alarm.set(start(at) + ms - clock.now())
    return PENDING
  }

  return {
    tickets,
    // One window at a time: what is read beyond it would grow old while downstream works on it.
    pull(into) {
      for (let turns = scheduler.batch; turns > 0; turns--) {
        if (held.size > 0 && clock.now() >= start(at) + ms) return handOver(into)
        if (held.size === maxCount && !ended) return rest()
        const count = ended ? DONE : collect()
        if (count === PENDING) return rest()
        if (count !== DONE) continue
        ended = true
        if (held.fresh === 0) {
          held.finish()
          return DONE
        }
        at = Infinity
        return handOver(into)
      }
      return 0
    },
    close(outcome) {
      alarm.clear()
      held.giveBack(outcome)
    },
  }
}
