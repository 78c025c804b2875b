import { Readable } from 'node:stream'
import { type RunOptions, type Source } from '@sluice/core'
import { declare, runRules, whole, yesNo } from '@sluice/core/authoring'
import { NodeOutput } from './node-output'

const TO_NODE = /* @__PURE__ */ declare('toNode', () => ({ options: { ...runRules(), objectMode: yesNo().or(true), highWaterMark: whole(0).maybe() } }))

/** Options of {@link toNode}; those of the run go with them. */
export interface ToNodeOptions extends RunOptions {
  /** Default true, as for `Readable.from`. False: the values are strings, Buffers or Uint8Arrays. */
  readonly objectMode?: boolean | undefined
  /** Values, or bytes, that may wait in the stream. Default: that of Node. */
  readonly highWaterMark?: number | undefined
}

/**
 * A Readable of a source; the source is run once, when somebody reads.
 *
 * - **holds back**: the source is asked for what fits in the stream's buffer; of bytes, one piece may exceed it
 * - **on failure** it is destroyed with the original error; as with every Node stream, what waits in its buffer is lost then
 * - **on abort**: `destroy()` aborts the run, and `close` comes when the run has cleaned up; a cleanup that fails is told as
 *   the stream's error where it was destroyed without one
 *
 * A `null` among the values fails it: that is the end of a Node stream.
 *
 * @param source any source.
 * @param options `objectMode` (default true), `highWaterMark` (default that of Node), and those of the run: `name`, `signal` ….
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await toNode(range(0, 3)).toArray() // [0, 1, 2]
 * ```
 */
export function toNode<T>(source: Source<T>, options: ToNodeOptions = {}): Readable {
  const { objectMode, highWaterMark } = TO_NODE.read(options)
  const { objectMode: _, highWaterMark: __, ...runOptions } = options
  const readable: Readable = new Readable({
    objectMode,
    ...(highWaterMark !== undefined && { highWaterMark }),
    read() { output.read() },
    destroy(error, done) { output.destroy(error, done) },
  })
  const output = new NodeOutput<T>(readable, source, { name: 'toNode', ...runOptions })
  return readable
}
