import { describeValue } from './describe-value'
import { messageOf } from './print-value'

/** How deep objects inside objects, and causes of causes, are followed. */
const DEPTH = 64
/** How many errors of an AggregateError are told. */
const ERRORS = 100

/** How a value is made plain. */
export interface PlainOptions {
  /** Whether errors have their stack. Default false: it names files of the machine. */
  readonly stack?: boolean | undefined
}

/**
 * A value as something that `JSON.stringify` writes without loss of what matters. Never throws.
 *
 * JSON loses the name and message of an error, and fails on a BigInt, a circle and a getter that throws. Here an error is
 * `{ name, message, code, cause, … }` with the plain ones among its own properties; a BigInt, NaN and Infinity are text, a Map
 * is a list of pairs, a Set a list. A circle is `'[circular]'`, what cannot be read `'[cannot be read: …]'`, and what lies 64
 * objects deep `'[deeper]'`. `toJSON` is called where there is one, but not on errors.
 *
 * @example
 * ```ts
 * plainValue(new TypeError('no', { cause: 7n })) // { name: 'TypeError', message: 'no', cause: '7' }
 * ```
 */
export function plainValue(value: unknown, options: PlainOptions = {}): unknown {
  return new Plain(options.stack === true).of(value)
}

class Plain {
  readonly #stack: boolean
  /** The objects that the one at hand is inside of, so that a circle ends. */
  readonly #within = new Set<object>()

  constructor(stack: boolean) {
    this.#stack = stack
  }

  of(value: unknown): unknown {
    switch (typeof value) {
      case 'number':
        return Number.isFinite(value) ? value : String(value)
      case 'bigint':
        return String(value)
      case 'function':
      case 'symbol':
        return describeValue(value)
      case 'object':
        return value === null ? null : this.#inside(value)
      default:
        return value
    }
  }

  #inside(value: object): unknown {
    if (this.#within.has(value)) return '[circular]'
    if (this.#within.size === DEPTH) return '[deeper]'
    this.#within.add(value)
    try {
      return this.#object(value)
    } catch (error) {
      return `[cannot be read: ${messageOf(error)}]`
    } finally {
      this.#within.delete(value)
    }
  }

  #object(value: object): unknown {
    if (value instanceof Error) return this.#error(value)
    if (value instanceof Date && Number.isNaN(value.getTime())) return 'Invalid Date'
    const { toJSON } = value as { readonly toJSON?: unknown }
    if (typeof toJSON === 'function') {
      const answer: unknown = toJSON.call(value, '')
      // One that answers itself, or another of its kind, is not asked again.
      return typeof answer === 'object' && answer !== null ? this.#entries(answer) : this.of(answer)
    }
    return this.#entries(value)
  }

  #entries(value: object): unknown {
    if (value instanceof Map) return Array.from(value as Map<unknown, unknown>, ([key, each]) => [this.of(key), this.of(each)])
    if (value instanceof Set) return Array.from(value as Set<unknown>, (each) => this.of(each))
    if (value instanceof Number || value instanceof String || value instanceof Boolean) return this.of(value.valueOf())
    if (Array.isArray(value)) return Array.from({ length: value.length }, (_, index) => this.#read(value, index))
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return Array.from(value as unknown as ArrayLike<unknown>, (each) => this.of(each))
    const entries: [string, unknown][] = []
    for (const key of Object.keys(value)) {
      const each = this.#read(value, key)
      // As JSON does: the methods of an object are no part of its data.
      if (each !== METHOD) entries.push([key, each])
    }
    // A key `__proto__` is a property like any other here.
    return Object.fromEntries(entries)
  }

  #read(value: object, key: string | number): unknown {
    try {
      const each = (value as Readonly<Record<string | number, unknown>>)[key]
      return typeof each === 'function' && !Array.isArray(value) ? METHOD : this.of(each)
    } catch (error) {
      return `[cannot be read: ${messageOf(error)}]`
    }
  }

  /** Big things hang on errors, such as a request with its socket: of their own properties the simple ones are told. */
  #error(error: Error): unknown {
    const told: [string, unknown][] = [['name', this.#read(error, 'name')], ['message', this.#read(error, 'message')]]
    for (const key of Object.keys(error)) {
      if (key === 'name' || key === 'message' || key === 'stack' || key === 'cause' || key === 'errors') continue
      const each = this.#read(error, key)
      if (each !== METHOD && (typeof each !== 'object' || each === null)) told.push([key, each])
    }
    if (this.#stack) told.push(['stack', this.#read(error, 'stack')])
    if (error.cause !== undefined) told.push(['cause', this.#read(error, 'cause')])
    const { errors } = error as { readonly errors?: unknown }
    if (Array.isArray(errors)) told.push(['errors', errors.slice(0, ERRORS).map((each) => this.of(each))])
    return Object.fromEntries(told)
  }
}

/** In the place of a function that is a property. */
const METHOD = Symbol('a method')
