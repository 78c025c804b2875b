import { DONE, PENDING, type Outlet, type Puller, type Stage, type Tickets } from '@sluice/core/authoring'
import { isDue } from '../timing/due'
import { Alarm } from './alarm'
import { Boundaries } from '../timing/boundaries'
import { Overlap } from './overlap'
import { pullOrFail } from './reading'

/**
 * Windows by the time values are read at; see `windowTime`. Times are counted from the first value.
 *
 * Invariants: `times` has an entry for each value held, in order; window `at` is the earliest that is not handed on, and
 * has all of them that were read before it is over; later ones were read late, in the middle of a pull that took long.
 */
export function timeWindows<A>(upstream: Outlet<A>, stage: Stage, ms: number, everyMs: number, maxCount: number): Puller<A[]> {
  const { clock, scheduler } = stage.scope
  const tickets: Tickets = []
  const windows = new Boundaries(ms, everyMs)
  const held = new Overlap<A>(stage, tickets)
  const alarm = new Alarm(stage)
  const chunk: A[] = []
  /** When each value held was read. */
  let times: number[] = []
  let origin: number | undefined
  let at = 0
  let ended = false
  const now = (): number => (origin === undefined ? 0 : clock.now() - origin)
  /** How many of the values held were read before a time. */
  const readBefore = (time: number): number => {
    const index = times.findIndex((each) => each >= time)
    return index < 0 ? times.length : index
  }

  const collect = (): number => {
    const count = pullOrFail(upstream, stage, chunk, Math.min(maxCount - held.size, scheduler.batch))
    if (count < 1) return count
    origin ??= clock.now()
    const time = now()
    for (let i = 0; i < count; i++) {
      held.add(chunk[i] as A, upstream.tickets?.[i])
      times.push(time)
      chunk[i] = undefined as A
    }
    passOver()
    return count
  }
  /** Windows that went by without a value are left out. */
  const passOver = (): void => {
    if (times.length > 0) at = Math.max(at, windows.openAt(times[0] as number))
  }
  const handOver = (into: A[][]): number => {
    const count = readBefore(windows.end(at))
    const gone = Math.min(count, readBefore(windows.start(++at)))
    held.handOver(count, gone, into, 0)
    times = times.slice(gone)
    passOver()
    // It was set for the end of this window.
    alarm.clear()
    return 1
  }
  const isOver = (): boolean => {
    const time = now()
    return isDue(windows.end(at), time, time + (origin ?? 0))
  }
  const rest = (): number => {
    if (held.size > 0) alarm.set(windows.end(at) - now())
    return PENDING
  }

  return {
    tickets,
    // One window at a time: what is read beyond it would grow old while downstream works on it.
    pull(into) {
      for (let turns = scheduler.batch; turns > 0; turns--) {
        if (ended) {
          if (held.fresh > 0) return handOver(into)
          held.finish()
          return DONE
        }
        if (held.size > 0 && isOver()) return handOver(into)
        if (held.size === maxCount) return rest()
        const count = collect()
        if (count === PENDING) return rest()
        ended = count === DONE
      }
      return 0
    },
    close(outcome) {
      alarm.clear()
      held.giveBack(outcome)
    },
  }
}
