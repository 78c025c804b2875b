import { coded, declare, tell } from '@sluice/core/authoring'
import type { Sink } from '@sluice/core'
import type { CompressionOptions } from './compression'
import { pathRule, type FileOptions } from './file-target'
import type { RefusedValueOptions } from './refused-values'
import { lineRules, lineSink, type WrittenLines } from './write-lines'

const WRITE_NDJSON = /* @__PURE__ */ declare('writeNdjson', () => ({ args: { path: pathRule() }, options: lineRules() }), {})

/** Options of {@link writeNdjson}. */
export interface WriteNdjsonOptions extends FileOptions, CompressionOptions, RefusedValueOptions {}

/**
 * Writes each value as a line of JSON (NDJSON, JSON Lines); resolves with the number of lines and bytes.
 *
 * - **holds back** while a piece is being written: at most one piece (64 KiB and one batch) is in memory
 * - **on completion** what is left is written and, where `atomic`, flushed to the disk and renamed
 * - **on failure** of a value that JSON has no text for (undefined, a function, a bigint, a circle) as `onError` says; the
 *   others are written
 * - **on failure or abort** of the run the temporary file is removed; with `atomic: false` what was written stays. The file is closed
 *
 * @param path an existing file is replaced; one behind a symbolic link, too.
 * @param options `atomic` (default true), `append` (default false), `mkdir` (default true), `compression` (default by the
 * ending of the path), `onError` (default `'fail'`), `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from([{ a: 1 }, [2]]).to(writeNdjson('out.ndjson')).run() // { path: 'out.ndjson', lines: 2, bytes: 12 }
 * ```
 */
export function writeNdjson<T = unknown>(path: string, options: WriteNdjsonOptions = {}): Sink<T, WrittenLines> {
  const given = WRITE_NDJSON.read(options, { path })
  return tell(lineSink<T>('writeNdjson', path, given, (value, index) => {
    // Whatever its type says, it answers undefined for what JSON has no text for.
    const text = JSON.stringify(value) as string | undefined
    if (text === undefined) throw coded('SLUICE_VALUE', new TypeError(`writeNdjson: value ${index + 1} has no JSON text: ${typeof value}`))
    return `${text}\n`
  }), WRITE_NDJSON, given)
}
