import { type Sink } from '@sluice/core'
import { sink } from '@sluice/core/authoring'

/** Collects everything, asking for at most `limit` values at once. */
export function limitedSink(limit: number): Sink<unknown, unknown[]> {
  return sink<unknown, unknown[]>('limited', () => {
    const all: unknown[] = []
    return {
      demand: () => limit,
      write(values, count) {
        for (let i = 0; i < count; i++) all.push(values[i])
      },
      end: () => all,
    }
  })
}

/** Collects the first `count` values and wants no more. */
export function cuttingSink(count: number): Sink<unknown, unknown[]> {
  return sink<unknown, unknown[]>('cutting', () => {
    const all: unknown[] = []
    return {
      demand: () => count - all.length,
      write(values, more) {
        for (let i = 0; i < more; i++) all.push(values[i])
      },
      end: () => all,
    }
  })
}

/** Writes down what arrives in a list of the test's, so that it is there when the run fails. */
export function recordingSink(into: unknown[], onWrite?: () => void): Sink<unknown, void> {
  return sink<unknown, void>('recording', () => ({
    write(values, count) {
      for (let i = 0; i < count; i++) into.push(values[i])
      onWrite?.()
    },
    end() {},
  }))
}
