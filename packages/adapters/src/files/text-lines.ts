import { type OnError, type Source } from '@sluice/core'
import { mapping } from '@sluice/core/authoring'
import { splitLines, type Piece, type TextLine } from '../text/line-splitter'
import { decoderOf, LineTooLongError } from './line-error'

/** How the lines of a text are read, checked. */
export interface TextLines {
  /** Shown in failures, stats and the graph. */
  readonly name: string
  /** How the text is called in errors. */
  readonly place: string
  readonly encoding: BufferEncoding
  readonly maxLineLength: number
  /** Leave a last line out that has no end. */
  readonly onlyEnded?: boolean
  readonly onError: OnError<TextLine> | undefined
}

/** The lines of a text; one that is too long goes where `onError` says. */
export function textLines(pieces: Source<Piece>, lines: TextLines): Source<string> {
  const { name, place, encoding, maxLineLength, onlyEnded = false, onError = 'fail' } = lines
  const splitting = { decoder: decoderOf(encoding), maxLineLength, onlyEnded }
  const tooLong = (line: number): never => { throw new LineTooLongError(place, line, maxLineLength) }
  // Nearly everybody: nothing has to be made for a line.
  if (onError === 'fail') return pieces.pipe(splitLines<string>({ ...splitting, name, make: (text) => text, long: (_, line) => tooLong(line) }))
  return pieces.pipe(
    splitLines<TextLine>({ ...splitting, name: 'lines', make: (text, line) => ({ text, line }), long: (text, line) => ({ text, line, cut: true }) }),
    mapping<TextLine, string>(name, () => ({ text, line, cut }) => (cut ? tooLong(line) : text), { name, onError }),
  )
}
