import { type Named, type Operator } from '@sluice/core'
import { declare, described, maybeFn, operator, rule, whole } from '@sluice/core/authoring'

const LOG = /* @__PURE__ */ declare('log', () => ({ args: { prefix: rule('a text', (value) => typeof value === 'string') }, options: { logger: maybeFn, every: whole().or(1) } }), {})

/** Options of {@link log}. */
export interface LogOptions extends Named {
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
 * - **on failure** writes the error; what the logger throws fails the run
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
 * @param options `logger`, `every`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const lines: string[] = []
 * await from([1]).pipe(log('n', { logger: (...parts) => lines.push(parts.join(' ')) })).to(drain()).run()
 * await Promise.resolve(lines) // ['n 1', 'n completed']
 * ```
 */
export function log<A>(prefix: string, options?: LogOptions): Operator<A, A> {
  const given = LOG.read(options, { prefix })
   
  const { logger = console.log, every } = given
  return described(LOG, given, operator<A, A>(given.name, (upstream, stage) => {
    let seen = 0
    return {
      tickets: upstream.tickets,
      pull(into, limit) {
        const read = upstream.pull(into, limit)
        for (let i = 0; i < read; i++) {
          if (++seen % every === 0) logger(prefix, into[i])
          stage.ready = i + 1
        }
        return read
      },
      close(outcome) {
        if (outcome.status === 'failed') logger(prefix, 'failed', outcome.error)
        else logger(prefix, outcome.status)
      },
    }
  }))
}
