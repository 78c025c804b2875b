import { type Named, type Operator } from '@sluice/core'
import { declare, described, fn, ms, operator } from '@sluice/core/authoring'

const MEASURE = /* @__PURE__ */ declare('measure', () => ({ args: { look: fn }, options: { everyMs: ms().or(1000) } }), {})

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
export interface MeasureOptions extends Named {
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
 * - **on failure** tells a last time; what `look` throws fails the run
 * - **on abort** tells a last time
 *
 * ```marble
 * in    -1-2-3-|
 *       measure(({ perSecond }) => console.log(perSecond))
 * out   -1-2-3-|
 * ```
 *
 * @param look gets the figures, at most each `everyMs`, and at the end.
 * @param options `everyMs`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * let total = 0
 * await range(0, 5).pipe(measure(({ values }) => { total = values })).to(drain()).run()
 * await Promise.resolve(total) // 5
 * ```
 */
export function measure<A>(look: (measurement: Measurement) => unknown, options?: MeasureOptions): Operator<A, A> {
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

    const tell = (now: number, ended: boolean): void => {
      const seconds = (now - toldAt) / 1000
      const perSecond = seconds > 0 ? (values - told) / seconds : 0
      const measurement = { values, elapsedMs: now - (startedAt ?? now), perSecond, longestGapMs, ended }
      toldAt = now
      told = values
      longestGapMs = 0
      look(measurement)
    }
    return {
      tickets: upstream.tickets,
      pull(into, limit) {
        startedAt ??= toldAt = lastAt = clock.now()
        const read = upstream.pull(into, limit)
        if (read <= 0) return read
        const now = clock.now()
        values += read
        longestGapMs = Math.max(longestGapMs, now - lastAt)
        lastAt = now
        stage.ready = read
        if (now - toldAt >= everyMs) tell(now, false)
        return read
      },
      close() {
        tell(clock.now(), true)
      },
    }
  }))
}
