import { type Operator } from '@sluice/core'
import { declare, described, DONE, ms, operator, PENDING, reasonOf, type Tickets, whole } from '@sluice/core/authoring'
import { Alarm } from './alarm'
import { OpenBatch } from './open-batch'
import { pullOrFail } from './reading'

const SESSION_WINDOW = /* @__PURE__ */ declare('sessionWindow', () => ({ args: { gapMs: ms(Number.MIN_VALUE) }, options: { maxCount: whole(), maxMs: ms(Number.MIN_VALUE, Infinity).or(Infinity) } }), ({ maxCount }) => ({ holds: maxCount }))

/** Options of {@link sessionWindow}. */
export interface SessionWindowOptions {
  /** A session of so many values is over, 1 or more. There is no default: it decides about memory. */
  readonly maxCount: number
  /** A session is over so many ms after its first value, whatever comes. Default: it lasts as long as values come. */
  readonly maxMs?: number | undefined
  readonly name?: string | undefined
}

/**
 * Groups values that come close after one another: a pause ends a session.
 *
 * - **emits** a session when no value has come for `gapMs`, when it has `maxCount` values, when `maxMs` have passed
 *   since its first one, and at the end; none is ever empty
 * - **holds back** when downstream does: nothing is collected while no session is wanted
 * - **completes** when the source completes and the last session is out
 * - **buffers** at most `maxCount` values
 * - **on failure** of the source, the session so far is handed on first
 * - **on abort** the session so far is given up; one timer at most, and only while there is one
 *
 * ```marble
 * in    a-b-----c-d-|
 *       sessionWindow(3, { maxCount: 100 })
 * out   -----[a,b]--[c,d]|
 * ```
 *
 * For a session of each user put it after `groupBy`.
 *
 * @param gapMs the pause that ends a session, in ms, above 0, on the run's clock.
 * @param options `maxCount` (required), `maxMs`, `name`.
 * @throws OptionError where an option is wrong or `maxCount` is missing.
 *
 * @example
 * ```ts
 * await range(1, 3).pipe(sessionWindow(300, { maxCount: 2 })).to(toArray()).run() // [[1, 2], [3]]
 * ```
 */
export function sessionWindow<A>(gapMs: number, options: SessionWindowOptions): Operator<A, A[]> {
  const given = SESSION_WINDOW.read(options, { gapMs })
  const { name, maxCount, maxMs } = given
  return described(SESSION_WINDOW, { ...given, gapMs }, operator<A, A[]>(
    name,
    (upstream, stage) => {
      const { clock, scheduler } = stage.scope
      const tickets: Tickets = []
      const session = new OpenBatch<A>(stage)
      const alarm = new Alarm(stage)
      const chunk: A[] = []
      /** Values of the chunk that were read when the session at hand was over: they begin the next one. */
      let early = 0
      let first = 0
      let last = 0
      let readAt = 0
      let ended = false
      const deadline = (): number => Math.min(last + gapMs, first + maxMs)

      const add = (count: number, now: number): void => {
        last = now
        if (session.size === 0) first = last
        for (let i = 0; i < count; i++) {
          session.add(chunk[i] as A, upstream.tickets?.[i])
          chunk[i] = undefined as A
        }
      }
      const collect = (): number => {
        if (early > 0) {
          add(early, readAt)
          early = 0
          return 1
        }
        const count = pullOrFail(upstream, stage, chunk, Math.min(maxCount - session.size, scheduler.batch))
        if (count < 1) return count
        readAt = clock.now()
        // The pull itself may have taken longer than the gap.
        if (session.size > 0 && readAt >= deadline()) early = count
        else add(count, readAt)
        return count
      }
      const handOver = (into: A[][]): number => {
        alarm.clear()
        session.handOver(into, 0, tickets)
        return 1
      }

      return {
        tickets,
        // One session at a time: the next one would seem to pause while downstream works on this one.
        pull(into) {
          for (let turns = scheduler.batch; turns > 0; turns--) {
            const over = session.size === maxCount || (session.size > 0 && clock.now() >= deadline())
            if (over) return handOver(into)
            const count = ended ? DONE : collect()
            if (count === PENDING) {
              if (session.size > 0) alarm.set(deadline() - clock.now())
              return PENDING
            }
            if (count !== DONE) continue
            ended = true
            return session.size > 0 ? handOver(into) : DONE
          }
          return 0
        },
        close(outcome) {
          alarm.clear()
          session.giveBack(outcome)
          for (let i = 0; i < early; i++) upstream.tickets?.[i]?.nack(reasonOf(outcome))
        },
      }
    },
    { name },
  ))
}
