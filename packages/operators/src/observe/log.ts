import { type Operator, type StageOptions } from '@sluice/core'
import { decision, declare, described, maybeFn, operator, rule, whole } from '@sluice/core/authoring'

const LOG = /* @__PURE__ */ declare('log', () => ({ args: { prefix: rule('a text', (value) => typeof value === 'string') }, options: { logger: maybeFn, every: whole().or(1), onError: decision } }), {})

/** Options of {@link log}. */
export interface LogOptions<A = unknown> extends StageOptions<A> {
  /** Where lines go. Default `console.log`. */
  readonly logger?: ((...parts: unknown[]) => void) | undefined
  /** Only each so many-th value, 1 or more. Default 1. */
  readonly every?: number | undefined
}

/**
 * Writes values and the end to a log, for a look while developing.
 *
 * - **emits** each value unchanged
 * - **holds back** when downstream does
 * - **completes** when the source completes
 * - **buffers** nothing
 * - **on failure** writes the error; of the logger on a value as `onError` says, at the end the run fails
 * - **on abort** writes that it was cancelled
 *
 * Values are written as they are: keep secrets out of them, or use `tap`.
 *
 * ```marble
 * in    -1-2-|
 *       log('numbers')      (prints: numbers 1, numbers 2, numbers completed)
 * out   -1-2-|
 * ```
 *
 * @param prefix the first part of each line.
 * @param options `logger` (default `console.log`), `every` (default 1), `name`, `onError` (default `'fail'`).
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const lines: string[] = []
 * await from([1]).pipe(log('n', { logger: (...parts) => lines.push(parts.join(' ')) })).to(drain()).run()
 * await Promise.resolve(lines) // ['n 1', 'n completed']
 * ```
 */
export function log<A>(prefix: string, options?: LogOptions<A>): Operator<A, A> {
  const given = LOG.read(options, { prefix })
   
  const { logger = console.log, every } = given
  return described(LOG, given, operator<A, A>(given.name, (upstream, stage) => {
    let seen = 0
    return {
      tickets: upstream.tickets,
      pull(into, limit) {
        const read = upstream.pull(into, limit)
        for (let i = 0; i < read; i++) {
          if ((seen + 1) % every === 0) logger(prefix, (stage.item = into[i]))
          seen++
          stage.ready = i + 1
        }
        return read
      },
      close(outcome) {
        if (outcome.status === 'failed') logger(prefix, 'failed', outcome.error)
        else logger(prefix, outcome.status)
      },
    }
  }, given))
}
