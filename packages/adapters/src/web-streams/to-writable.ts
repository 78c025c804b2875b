import { type Sink } from '@sluice/core'
import { callable, declare, flagged, sink, tell } from '@sluice/core/authoring'
import { WritableIntake } from './writable-intake'

const TO_WRITABLE = /* @__PURE__ */ declare('toWritable', () => ({ options: { preventClose: flagged, preventAbort: flagged } }), {})

/** What becomes of the stream when the run ends; the words are those of `pipeTo`. */
export interface ToWritableOptions {
  /** Leave it open when the source completes: for several runs into one stream. Default false: it is closed. */
  readonly preventClose?: boolean | undefined
  /** Leave it as it is when the run fails or is aborted. Default false: it is aborted with the error or reason. */
  readonly preventAbort?: boolean | undefined
  readonly name?: string | undefined
}

/**
 * Writes each value to a WHATWG WritableStream; the result is how many.
 *
 * - **holds back** as the stream says: a value is pulled only while there is room in it (`desiredSize` above 0), and
 *   several may be on their way to its end. Into a stream with a high water mark of 0, which never has room, one value at
 *   a time is written
 * - **on completion** closes the stream and waits for that; with `preventClose` waits for the writes
 * - **on failure** of the source waits for the writes, then aborts the stream with the error; a stream that fails, or is
 *   closed by somebody else, fails the run at once
 * - **on abort** aborts the stream with the reason; what waits in it is lost
 *
 * The stream is locked while the run goes on. A value counts as dealt with (tickets) when its write has succeeded.
 *
 * @param writable of any make.
 * @param options `preventClose` (default false), `preventAbort` (default false), `name`.
 * @throws OptionError where there is nothing to write to, or an option is wrong.
 *
 * @example
 * ```ts
 * const written: number[] = []
 * await range(0, 3).to(toWritable(new WritableStream({ write: (n) => void written.push(n) }))).run() // 3
 * ```
 */
export function toWritable<T>(writable: WritableStream<T>, options: ToWritableOptions = {}): Sink<T, number> {
  const given = TO_WRITABLE.read(options)
  callable('toWritable', 'writable.getWriter', (writable as { readonly getWriter?: unknown } | undefined)?.getWriter)
  return tell(sink<T, number>(given.name, (stage) => new WritableIntake<T>(writable, stage, given)), TO_WRITABLE, given)
}
