import { type Operator, type StageOptions } from '@sluice/core'
import { decision, declare, described, fn, ms, operator } from '@sluice/core/authoring'

const MEASURE = /* @__PURE__ */ declare('measure', () => ({ args: { look: fn }, options: { everyMs: ms().or(1000), onError: decision } }), {})

/** What {@link measure} tells. */
export interface Measurement {
  /** Values since the start. */
  readonly values: number
  /** Ms since the first pull. */
  readonly elapsedMs: number
  /** Values per second since the telling before this one. */
  readonly perSecond: number
  /** The longest time between two batches since then, in ms. */
  readonly longestGapMs: number
  /** True for the last telling. */
  readonly ended: boolean
}

/** Options of {@link measure}. */
export interface MeasureOptions<A = unknown> extends StageOptions<A> {
  /** How long between two tellings at least, in ms. Default 1,000. */
  readonly everyMs?: number | undefined
}

/**
 * Tells how fast values pass.
 *
 * - **emits** each value unchanged
 * - **holds back** when downstream does
 * - **completes** when the source completes
 * - **buffers** nothing; it holds no timer: the clock is read once per batch
 * - **on failure** tells a last time; of `look` at a value as `onError` says, with `skip` that value is left out; at the end the run fails
 * - **on abort** tells a last time
 *
 * ```marble
 * in    -1-2-3-|
 *       measure(({ perSecond }) => console.log(perSecond))
 * out   -1-2-3-|
 * ```
 *
 * @param look gets the figures, at most each `everyMs`, and at the end.
 * @param options `everyMs` (default 1,000), `name`, `onError` (default `'fail'`).
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * let total = 0
 * await range(0, 5).pipe(measure(({ values }) => { total = values })).to(drain()).run()
 * await Promise.resolve(total) // 5
 * ```
 */
export function measure<A>(look: (measurement: Measurement) => unknown, options?: MeasureOptions<A>): Operator<A, A> {
  const given = MEASURE.read(options, { look })
  const { everyMs } = given
  return described(MEASURE, given, operator<A, A>(given.name, (upstream, stage) => {
    const { clock } = stage.scope
    let startedAt: number | undefined
    let values = 0
    let toldAt = 0
    let told = 0
    let lastAt = 0
    let longestGapMs = 0

    const tell = (now: number, ended: boolean, read: number): void => {
      const seconds = (now - toldAt) / 1000
      const perSecond = seconds > 0 ? (values + read - told) / seconds : 0
      look({ values: values + read, elapsedMs: now - (startedAt ?? now), perSecond, longestGapMs, ended })
      toldAt = now
      told = values + read
      longestGapMs = 0
    }
    return {
      tickets: upstream.tickets,
      pull(into, limit) {
        startedAt ??= toldAt = lastAt = clock.now()
        const read = upstream.pull(into, limit)
        if (read <= 0) return read
        const now = clock.now()
        longestGapMs = Math.max(longestGapMs, now - lastAt)
        lastAt = now
        // It is told at the last value, which has not passed yet.
        stage.ready = read - 1
        if (now - toldAt >= everyMs) tell(now, false, read)
        values += read
        return read
      },
      close() {
        tell(clock.now(), true, 0)
      },
    }
  }, given))
}
