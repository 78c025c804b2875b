/**
 * What was thrown, in a form that can be sent. A structured clone of an error loses its name, its cause and its own
 * properties, and one property that cannot be cloned loses all.
 */
export type Thrown = { readonly value: unknown } | ThrownError

interface ThrownError {
  readonly error: true
  readonly name: string
  readonly message: string
  readonly stack: string | undefined
  readonly cause: Thrown | undefined
  /** Of an AggregateError. */
  readonly errors: readonly Thrown[] | undefined
  readonly properties: Readonly<Record<string, unknown>>
}

/** Causes of causes are followed so far: one may lead back to itself. */
const DEPTH = 8

/** Makes something of an error that can be sent. Never throws. */
export function packThrown(thrown: unknown, depth = 0): Thrown {
  try {
    if (!(thrown instanceof Error)) return isCloneable(thrown) ? { value: thrown } : { value: describe(thrown) }
    const properties: Record<string, unknown> = {}
    for (const [key, value] of Object.entries(thrown)) {
      if (key !== 'cause' && key !== 'errors' && key !== 'name' && isCloneable(value)) properties[key] = value
    }
    // A subclass may have put anything there.
    const { name, message, errors } = thrown as { readonly name: unknown; readonly message: unknown; readonly errors?: unknown }
    return {
      error: true,
      name: String(name),
      message: String(message),
      stack: typeof thrown.stack === 'string' ? thrown.stack : undefined,
      cause: thrown.cause === undefined || depth === DEPTH ? undefined : packThrown(thrown.cause, depth + 1),
      errors: Array.isArray(errors) && depth < DEPTH ? errors.slice(0, 100).map((each) => packThrown(each, depth + 1)) : undefined,
      properties,
    }
  } catch {
    return { value: describe(thrown) }
  }
}

/** Makes an error of it again: of the class of that name where the language has one, with the stack it had. */
export function unpackThrown(thrown: Thrown): unknown {
  if (!('error' in thrown)) return thrown.value
  const { name, message, stack, cause, errors, properties } = thrown
  const options = cause === undefined ? undefined : { cause: unpackThrown(cause) }
  const error = errors ? new AggregateError(errors.map(unpackThrown), message, options) : new (CLASSES[name] ?? Error)(message, options)
  if (error.name !== name) hidden(error, 'name', name)
  if (stack !== undefined) hidden(error, 'stack', stack)
  for (const [key, value] of Object.entries(properties)) {
    if (!(key in error)) Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: true })
  }
  return error
}

const CLASSES: Readonly<Record<string, ErrorConstructor | undefined>> = { EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError, __proto__: null as never }

function hidden(error: Error, key: string, value: string): void {
  Object.defineProperty(error, key, { value, writable: true, configurable: true, enumerable: false })
}

function isCloneable(value: unknown): boolean {
  if (typeof value === 'function' || typeof value === 'symbol') return false
  if (typeof value !== 'object' || value === null) return true
  try {
    structuredClone(value)
    return true
  } catch {
    return false
  }
}

function describe(thrown: unknown): string {
  try {
    return String(thrown)
  } catch {
    return 'something that cannot be shown'
  }
}
