/** A law was broken. The message says what was expected and what was seen. */
export class LawViolation extends Error {
  override readonly name = 'LawViolation'
  readonly code = 'SLUICE_LAW'
}

/** Throws a {@link LawViolation} where the two lists differ; NaN equals NaN. */
export function assertEqual(actual: unknown, expected: unknown, what: string): void {
  if (isSameList(actual, expected)) return
  const seen = text(actual)
  const wanted = text(expected)
  if (seen === wanted) return
  let same = 0
  while (same < wanted.length && wanted[same] === seen[same]) same++
  throw new LawViolation(`${what}: expected ${excerpt(wanted, same)}, saw ${excerpt(seen, same)}`)
}

/** Long lists are nearly always the same, and a text of them takes long. */
function isSameList(one: unknown, other: unknown): boolean {
  return Array.isArray(one) && Array.isArray(other) && one.length === other.length && one.every((each, index) => Object.is(each, other[index]))
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new LawViolation(message)
}

function text(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(text).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value).map(([key, part]) => `${key}: ${text(part)}`).join(', ')}}`
  }
  return typeof value === 'string' ? JSON.stringify(value) : Object.is(value, -0) ? '0' : String(value)
}

/** The part of a long text where it differs from another at `index`. */
function excerpt(whole: string, index: number): string {
  if (whole.length <= 400) return whole
  const from = Math.max(0, index - 100)
  return `${from > 0 ? `(${from} characters) … ` : ''}${whole.slice(from, index + 300)} …`
}
