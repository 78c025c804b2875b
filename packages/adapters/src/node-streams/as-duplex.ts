import { Duplex, type DuplexOptions } from 'node:stream'
import { type Operator, type RunOptions } from '@sluice/core'
import { declare, fn, runRules, whole, yesNo } from '@sluice/core/authoring'
import { DuplexInput } from './duplex-input'
import { NodeOutput } from './node-output'

const AS_DUPLEX = /* @__PURE__ */ declare('asDuplex', () => {
  const mode = yesNo().maybe()
  const mark = whole(0).maybe()
  return {
    args: { operator: fn },
    options: {
      ...runRules(), objectMode: mode, readableObjectMode: mode, writableObjectMode: mode,
      highWaterMark: mark, readableHighWaterMark: mark, writableHighWaterMark: mark,
    },
  }
})

/** Options of {@link asDuplex}; those of the run go with them. */
export interface AsDuplexOptions extends RunOptions {
  /** Of both sides. Default true. False: that side has strings, Buffers and Uint8Arrays. */
  readonly objectMode?: boolean | undefined
  readonly readableObjectMode?: boolean | undefined
  readonly writableObjectMode?: boolean | undefined
  /** Values, or bytes, that may wait on each side. Default: those of Node. */
  readonly highWaterMark?: number | undefined
  readonly readableHighWaterMark?: number | undefined
  readonly writableHighWaterMark?: number | undefined
}

/**
 * A Duplex of an operator, or of several: for `stream.pipeline` and `pipe`.
 *
 * - **holds back** on both sides: a write is answered when the operator has pulled it, and the operator is asked for what
 *   fits in the readable side's buffer
 * - **completes**: `end()` ends the operator's source, and the readable side ends when the run has. An operator that ends
 *   before (`take`) ends the readable side; what is still written then is dropped, so that the writer gets to its end
 * - **on failure** it is destroyed with the original error
 * - **on abort**: `destroy()` aborts the run, and `close` comes when the run has cleaned up; a cleanup that fails is told as
 *   the stream's error where it was destroyed without one
 *
 * It is one run: begun by the first write or read. A `null` that the operator emits fails it, and so does an operator that
 * opens its source again (`retry`), which would get the rest of what is written.
 *
 * @param operator of Sluice; for several: `(source) => source.pipe(a, b)`.
 * @param options `objectMode` (default true) and `highWaterMark`, of both sides or one, and those of the run.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const doubled = asDuplex(mapAsync(async (n: number) => n * 2, { concurrency: 4 }))
 * await Readable.from([1, 2, 3]).pipe(doubled).toArray() // [2, 4, 6]
 * ```
 */
export function asDuplex<A, B>(operator: Operator<A, B>, options: AsDuplexOptions = {}): Duplex {
  AS_DUPLEX.read(options, { operator })
  const {
    objectMode = true, readableObjectMode = objectMode, writableObjectMode = objectMode,
    highWaterMark, readableHighWaterMark = highWaterMark, writableHighWaterMark = highWaterMark, ...runOptions
  } = options
  const input = new DuplexInput<A>('asDuplex')
  const duplexOptions: DuplexOptions = {
    readableObjectMode,
    writableObjectMode,
    ...(readableHighWaterMark !== undefined && { readableHighWaterMark }),
    ...(writableHighWaterMark !== undefined && { writableHighWaterMark }),
  }
  const duplex: Duplex = new Duplex({
    ...duplexOptions,
    read() { output.read() },
    write(value: A, _encoding, done) {
      input.put([value], done)
      begin()
    },
    writev(writes, done) {
      input.put(writes.map(({ chunk }) => chunk as A), done)
      begin()
    },
    final(done) {
      input.end(done)
      begin()
    },
    destroy(error, done) { output.destroy(error, done) },
  })
  const output = new NodeOutput<B>(duplex, operator(input.source), { name: 'asDuplex', ...runOptions }, (error) => {
    // After the close: told before, a write that was given up would pass for why the stream was destroyed.
    if (error) duplex.once('close', () => { input.over(error) })
    else input.over()
  })
  let begun = false
  /** What is written is worked on up to the bound of the readable side, also where nobody reads yet: as in a Transform. */
  const begin = (): void => {
    if (begun) return
    begun = true
    duplex.read(0)
  }
  return duplex
}
