import stringWidth from 'string-width'

/** How a column stands under its head. */
export type Side = 'left' | 'right'

const segments = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** How many columns of a terminal a text takes; colours take none. */
export function widthOf(text: string): number {
  return stringWidth(text)
}

/** The longest beginning of a text that takes at most `columns` columns: whole letters, an accent with its letter. */
function beginningOf(text: string, columns: number): string {
  let end = 0
  let width = 0
  for (const { segment, index } of segments.segment(text)) {
    width += widthOf(segment)
    if (width > columns) break
    end = index + segment.length
  }
  return text.slice(0, end)
}

/** A text without colours in at most `columns` columns; what is left out is told by an ellipsis. */
export function clip(text: string, columns: number): string {
  if (columns <= 0) return ''
  return widthOf(text) <= columns ? text : `${beginningOf(text, columns - 1)}…`
}

/** A text in exactly `columns` columns; one with colours must not be wider. */
export function fit(text: string, columns: number, side: Side = 'left'): string {
  const kept = widthOf(text) > columns ? clip(text, columns) : text
  const space = ' '.repeat(Math.max(0, columns - widthOf(kept)))
  return side === 'left' ? kept + space : space + kept
}

/** A text without colours as lines of at most `columns` columns, broken between words; the last one of `most` ends in an ellipsis where there is more. */
export function wrap(text: string, columns: number, most: number): string[] {
  const lines: string[] = []
  let rest = text
  while (rest !== '' && lines.length < most - 1 && widthOf(rest) > columns) {
    const head = beginningOf(rest, columns)
    const space = head.lastIndexOf(' ')
    const line = space > 0 ? head.slice(0, space) : head
    if (line === '') break
    lines.push(line.trimEnd())
    rest = rest.slice(line.length).trimStart()
  }
  return rest === '' ? lines : [...lines, clip(rest, columns)]
}
