import { type Sink } from '@sluice/core'
import { PENDING, sink, wholeNumber } from '@sluice/core/authoring'
import { settle } from '../time/settle'
import { assertEqual, LawViolation } from './assert'

/** The test's side of a {@link manualSink}. */
export interface ManualSink<T> {
  readonly sink: Sink<T, void>
  /** Everything that has arrived. */
  readonly values: readonly T[]
  readonly ended: boolean
  readonly aborted: { readonly reason: unknown } | undefined
  /** Asks for so many more values, 0 or more. */
  request(count: number): void
  /** Waits for exactly these values next. */
  expectNext(...values: T[]): Promise<void>
  /** Waits for the end. */
  expectEnd(): Promise<void>
  /** Waits for the failure. */
  expectError(error: unknown): Promise<void>
  /** Nothing happens: no value, no end, no failure. */
  expectNoEvent(): Promise<void>
}

/**
 * A sink that a test drives by hand: it takes only what was requested.
 *
 * @example
 * ```ts
 * const probe = manualSink<number>()
 * range(1).pipe(map((n) => n * 2)).to(probe.sink).run()
 * probe.request(2)
 * await probe.expectNext(2, 4)
 * await probe.expectNoEvent()
 * ```
 */
export function manualSink<T>(): ManualSink<T> {
  const values: T[] = []
  let requested = 0
  let seen = 0
  let ended = false
  let aborted: { readonly reason: unknown } | undefined
  let wake: (() => void) | undefined
  const state = () => `${values.length} values, ended: ${ended}, aborted: ${aborted !== undefined}`

  const manual = sink<T, void>('manual', (stage) => {
    wake = stage.wake
    return {
      demand: () => (requested > 0 ? requested : PENDING),
      write(batch, count) {
        for (let i = 0; i < count; i++) values.push(batch[i] as T)
        requested -= count
      },
      end() { ended = true },
      abort(reason) { aborted = { reason } },
    }
  })
  return {
    sink: manual,
    values,
    get ended() { return ended },
    get aborted() { return aborted },
    request(count) {
      requested += wholeNumber('manualSink.request', 'count', count, 0)
      wake?.()
    },
    async expectNext(...expected) {
      for (let i = 0; i < 50 && values.length < seen + expected.length; i++) await settle(1)
      assertEqual(values.slice(seen, seen + expected.length), expected, 'the next values')
      seen += expected.length
    },
    async expectEnd() {
      for (let i = 0; i < 50 && !ended; i++) await settle(1)
      if (!ended) throw new LawViolation(`expected the end, saw ${state()}`)
    },
    async expectError(error) {
      for (let i = 0; i < 50 && !aborted; i++) await settle(1)
      if (aborted?.reason !== error) throw new LawViolation(`expected the failure ${String(error)}, saw ${state()}`)
    },
    async expectNoEvent() {
      const before = state()
      await settle()
      if (state() !== before || values.length > seen) throw new LawViolation(`expected nothing, saw ${state()}`)
    },
  }
}
