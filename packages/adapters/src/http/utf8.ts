import type { PieceDecoder } from '../text/line-splitter'

/** UTF-8, wherever there is a `TextDecoder`. */
export function utf8(): PieceDecoder {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  return { write: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() }
}
