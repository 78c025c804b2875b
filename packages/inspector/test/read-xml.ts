const PIECE = /<([a-z]+)((?:\s[\w:-]+="[^"<&]*(?:&(?:amp|lt|gt|quot|#39);[^"<&]*)*")*)(\/?)>|<\/([a-z]+)>|([^<]+)/gy
const LETTERS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
// eslint-disable-next-line no-control-regex -- what XML does not allow
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/

/**
 * The texts of an XML element by the tags around them, in order. Knows what pictures are made of: elements, attributes, texts and the usual
 * entities.
 *
 * @throws Error where it is not well-formed.
 */
export function textsIn(xml: string): Map<string, string[]> {
  if (FORBIDDEN.test(xml)) throw new Error('a letter that XML does not allow')
  const open: string[] = []
  const texts = new Map<string, string[]>()
  let at = 0
  for (const { 0: piece, 1: tag, 3: closed, 4: end, 5: text } of xml.trimEnd().matchAll(PIECE)) {
    at += piece.length
    if (end !== undefined && open.pop() !== end) throw new Error(`</${end}> ends what has not begun`)
    if (tag !== undefined && open.length === 0 && at !== piece.length) throw new Error('two elements')
    if (tag !== undefined && closed === '') open.push(tag)
    const last = open.at(-1)
    if (text === undefined) continue
    if (last === undefined || /&(?!(?:amp|lt|gt|quot|#39);)/.test(text)) throw new Error(`not a text: ${text}`)
    texts.set(last, [...(texts.get(last) ?? []), text.replaceAll(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => LETTERS[name] ?? '')])
  }
  if (at !== xml.trimEnd().length) throw new Error(`not well-formed: ${xml.slice(at, at + 60)}`)
  if (open.length > 0) throw new Error(`${open.join(', ')} does not end`)
  return texts
}
