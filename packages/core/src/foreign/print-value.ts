import { describeValue } from './describe-value'

/** How long a printed value may be. */
const LENGTH = 200
/** How deep objects inside objects are shown. */
const DEPTH = 4

/**
 * An error as text: `Error: boom`. Never throws: what cannot be read of it is left out.
 *
 * @example
 * ```ts
 * printError(new TypeError('no')) // 'TypeError: no'
 * ```
 */
export function printError(error: unknown): string {
  try {
    if (error instanceof Error) return String(error)
  } catch {
    // A getter threw, of `name` or of `message`, or it is a proxy.
    return readable(error)
  }
  return printValue(error)
}

/**
 * The message of an error, or the text of what was thrown in place of one. Never throws.
 *
 * @example
 * ```ts
 * messageOf(new Error('boom')) // 'boom'
 * ```
 */
export function messageOf(error: unknown): string {
  try {
    if (!(error instanceof Error)) return String(error)
    // A subclass may have put anything there.
    const message: unknown = error.message
    return typeof message === 'string' ? message : printValue(message)
  } catch {
    return readable(error)
  }
}

/**
 * A value as text, much as JSON shows it, 200 characters at most: it looks at no more of a large value than it shows.
 * Never throws: a value that throws when it is looked at is told by its kind.
 *
 * @example
 * ```ts
 * printValue({ id: 1, tags: ['a'] }) // '{"id":1,"tags":["a"]}'
 * ```
 */
export function printValue(value: unknown): string {
  const printer = new Printer()
  try {
    printer.add(value, DEPTH)
  } catch {
    return readable(value)
  }
  return clip(printer.text)
}

function clip(text: string): string {
  return text.length > LENGTH ? `${text.slice(0, LENGTH)}…` : text
}

function readable(value: unknown): string {
  return `${describeValue(value)} that cannot be read`
}

class Printer {
  text = ''
  /** What it is inside of, so that a circle ends. */
  readonly #within = new Set<object>()

  add(value: unknown, depth: number): void {
    if (typeof value === 'string') this.text += JSON.stringify(value.length > LENGTH ? value.slice(0, LENGTH) : value)
    else if (typeof value !== 'object' || value === null) this.text += describeValue(value)
    else if (this.#within.has(value)) this.text += '[circular]'
    else {
      this.#within.add(value)
      this.#addObject(value, depth)
      this.#within.delete(value)
    }
  }

  #addObject(value: object, depth: number): void {
    if (Array.isArray(value) || ArrayBuffer.isView(value)) {
      const list = value as ArrayLike<unknown>
      this.#addAll('[', ']', depth, list.length, (i) => { this.add(list[i], depth - 1) })
    } else if (value instanceof Date) {
      this.text += Number.isNaN(value.getTime()) ? 'Invalid Date' : JSON.stringify(value.toISOString())
    } else if (value instanceof Error) {
      this.text += String(value)
    } else {
      const keys = Object.keys(value)
      this.#addAll('{', '}', depth, keys.length, (i) => {
        const key = keys[i] as string
        this.text += `${JSON.stringify(key)}:`
        this.add((value as Readonly<Record<string, unknown>>)[key], depth - 1)
      })
    }
  }

  /** As many entries as are shown, however many there are. */
  #addAll(open: string, close: string, depth: number, count: number, addOne: (index: number) => void): void {
    this.text += open
    if (depth === 0 && count > 0) this.text += '…'
    for (let i = 0; depth > 0 && i < count && this.text.length <= LENGTH; i++) {
      if (i > 0) this.text += ','
      addOne(i)
    }
    this.text += close
  }
}
