/** The most characters of a shown value, how deep objects inside objects are shown, and how many entries of each. */
const MOST = 2048
const DEPTH = 4
const ENTRIES = 50
const MASK = '•••'

/** Names of what is nobody's business. */
const SECRET = /pass(word|wd|phrase)?$|^pwd$|secret|token|cookie|authoriz|credential|api[-_]?key|private[-_]?key|session[-_]?id|^auth$|^ssn$|^cvv$/i
/** The same inside of texts: in URLs, and in headers. */
const IN_TEXT = /([?&;][^=&;\s]*(?:pass|secret|token|key|auth|sig|credential)[^=&;\s]*=)[^&;\s"']+|(:\/\/)[^/\s:@]+:[^/\s@]+@|\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi

/** Turns a value into what may be shown of it: another value, for instance without some fields. */
export type Redact = (value: unknown) => unknown

/**
 * A value as text, fit to be shown to whoever looks at the page: masked where a name says secret, cut where it is long or deep. Getters are not
 * called. Never throws.
 */
export function shown(value: unknown, redact?: Redact): string {
  try {
    const text = print(redact ? redact(value) : value, DEPTH, new Set())
    return text.length > MOST ? `${text.slice(0, MOST)}…` : text
  } catch {
    return '[cannot be shown]'
  }
}

/** A text without the secrets that URLs and headers carry. */
export function maskedText(text: string): string {
  return text.slice(0, 2 * MOST).replaceAll(IN_TEXT, (_, query: string | undefined, scheme: string | undefined, kind: string | undefined) =>
    query !== undefined ? query + MASK : scheme !== undefined ? `${scheme + MASK}@` : `${kind ?? ''} ${MASK}`)
}

function print(value: unknown, depth: number, within: Set<object>): string {
  if (typeof value === 'string') return JSON.stringify(maskedText(value))
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return '[function]'
  if (typeof value !== 'object' || value === null) return String(value)
  if (within.has(value)) return '[circular]'
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '[invalid date]' : value.toISOString()
  if (value instanceof Error) return maskedText(`${value.name}: ${value.message}`)
  if (ArrayBuffer.isView(value)) return `[${value.constructor.name}, ${value.byteLength} bytes]`
  if (value instanceof Map || value instanceof Set) return `[${value.constructor.name} of ${value.size}]`
  if (depth === 0) return Array.isArray(value) ? '[…]' : '{…}'
  within.add(value)
  const text = printObject(value, depth, within)
  within.delete(value)
  return text
}

function printObject(value: object, depth: number, within: Set<object>): string {
  const parts: string[] = []
  const isList = Array.isArray(value)
  let length = 0
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue
    if (parts.length >= ENTRIES || length > MOST) {
      parts.push('…')
      break
    }
    const part = printField(value, key, isList, depth, within)
    length += part.length
    parts.push(part)
  }
  return isList ? `[${parts.join(',')}]` : `{${parts.join(',')}}`
}

function printField(value: object, key: string, isList: boolean, depth: number, within: Set<object>): string {
  const name = isList ? '' : `${JSON.stringify(key)}:`
  if (!isList && SECRET.test(key)) return `${name}"${MASK}"`
  const described = Object.getOwnPropertyDescriptor(value, key)
  return name + (described === undefined || 'value' in described ? print(described?.value, depth - 1, within) : '[getter]')
}
