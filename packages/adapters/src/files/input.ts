import { OptionError, type Source } from '@sluice/core'
import { compressionOf, type CompressionOptions } from './compression'
import { readBytes, unpacked } from './read-bytes'

/** A path, or a source of bytes or text: a response's body, another file, what a test makes up. */
export type TextInput = string | Source<string> | Source<Uint8Array> | Source<string | Uint8Array>

/** What is to be read, and how it is called in errors. */
export interface Input {
  readonly source: Source<string | Uint8Array>
  readonly place: string
}

/** Opens nothing: it only says what will be read. */
export function inputOf(owner: string, input: TextInput, options: CompressionOptions): Input {
  if (typeof input === 'string') {
    if (input === '') throw new OptionError(owner, 'path', input, 'a path, or a source of text or bytes')
    return { source: readBytes(input, { compression: compressionOf(owner, input, options.compression) }), place: input }
  }
  if (typeof (input as Partial<Source<unknown>> | undefined)?.pipe !== 'function') {
    throw new OptionError(owner, 'input', input, 'a path, or a source of text or bytes')
  }
  const place = 'the source'
  return { source: unpacked(input as Source<string | Uint8Array>, place, compressionOf(owner, undefined, options.compression)), place }
}

/** An encoding that Node knows. */
export function encodingOf(owner: string, encoding: BufferEncoding | undefined): BufferEncoding {
  if (encoding === undefined) return 'utf8'
  if (Buffer.isEncoding(encoding)) return encoding
  throw new OptionError(owner, 'encoding', encoding, 'one that Node knows')
}
