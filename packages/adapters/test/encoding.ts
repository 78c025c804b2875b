import type { Sink } from '@sluice/core'

/** A sink that turns each value into what another one takes. */
export function encoding<T, R>(inner: Sink<T, R>, encode: (value: unknown) => T): Sink<unknown, R> {
  return {
    name: inner.name,
    open(scope, stage) {
      const intake = inner.open(scope, stage)
      return {
        write: (values, count, tickets) => intake.write(values.slice(0, count).map(encode), count, tickets),
        end: () => intake.end(),
        abort: (reason) => intake.abort?.(reason),
      }
    },
  }
}
