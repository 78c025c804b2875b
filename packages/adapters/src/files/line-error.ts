import { StringDecoder } from 'node:string_decoder'
import type { PieceDecoder } from '../text/line-splitter'

/** A line that is longer than allowed. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError'
  readonly code = 'SLUICE_LINE_TOO_LONG'

  constructor(
    readonly path: string,
    readonly line: number,
    readonly maxLineLength: number,
  ) {
    super(`${path}, line ${line}: longer than ${maxLineLength} characters; is this a text file, or maxLineLength too small?`)
  }
}

export function decoderOf(encoding: BufferEncoding): () => PieceDecoder {
  return () => {
    const decoder = new StringDecoder(encoding)
    return { write: (bytes) => decoder.write(bytes), end: () => decoder.end() }
  }
}
