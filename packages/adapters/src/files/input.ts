import { type Source } from '@sluice/core'
import { rule } from '@sluice/core/authoring'
import { compressionOf, type CompressionOptions } from './compression'
import { readBytes, unpacked } from './read-bytes'

/** A path, or a source of bytes or text: a response's body, another file, what a test makes up. */
export type TextInput = string | Source<string> | Source<Uint8Array> | Source<string | Uint8Array>

/** The same, as an argument. */
export const inputRule = () => rule<TextInput>('a path, or a source of text or bytes', (value) =>
  typeof value === 'string' ? value !== '' : typeof (value as Partial<Source<unknown>> | null | undefined)?.pipe === 'function')

/** An encoding, as an option. */
export const encodingRule = () => rule<BufferEncoding>('one that Node knows', (value) => Buffer.isEncoding(value as string)).or('utf8')

/** What is to be read, and how it is called in errors. */
export interface Input {
  readonly source: Source<string | Uint8Array>
  readonly place: string
  /** What the pipeline reads, as it tells about itself: a source that was given. A path is part of what reads it. */
  readonly inputs: readonly unknown[] | undefined
}

/** Opens nothing: it only says what will be read. */
export function inputOf(owner: string, input: TextInput, options: CompressionOptions): Input {
  if (typeof input === 'string') {
    return { source: readBytes(input, { compression: compressionOf(owner, input, options.compression) }), place: input, inputs: undefined }
  }
  const place = 'the source'
  return { source: unpacked(input as Source<string | Uint8Array>, place, compressionOf(owner, undefined, options.compression)), place, inputs: [input] }
}
