import type { Sink } from '@sluice/core'

/**
 * A sink that turns each value into what another one takes.
 *
 * @param last written before the end, where it is given: for worlds that have no end of their own.
 */
export function encoding<T, R>(inner: Sink<T, R>, encode: (value: unknown) => T, last?: T): Sink<unknown, R> {
  return {
    name: inner.name,
    open(scope, stage) {
      const intake = inner.open(scope, stage)
      return {
        write: (values, count, tickets) => intake.write(values.slice(0, count).map(encode), count, tickets),
        async end() {
          if (last !== undefined) await intake.write([last], 1, null)
          return intake.end()
        },
        abort: (reason) => intake.abort?.(reason),
      }
    },
  }
}
