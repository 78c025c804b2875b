import { coded } from '../foreign/coded'

/** How values become bytes and back. */
export interface Codec<T> {
  encode(value: T): Uint8Array
  /** What it throws makes the item a dead letter. */
  decode(body: Uint8Array): T
}

/** A schema as Zod, Valibot, ArkType and others have it: see standardschema.dev. */
export interface StandardSchema<T> {
  readonly '~standard': {
    readonly version: 1
    validate(value: unknown): SchemaResult<T> | Promise<SchemaResult<T>>
  }
}

/** What a {@link StandardSchema} answers. */
export type SchemaResult<T> = { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly { readonly message: string }[] }

/**
 * Values as JSON: the default of durable queues.
 *
 * JSON changes some values: NaN and the infinities become null, dates become text, and a Map becomes `{}`. Such values need a codec of their own.
 * What JSON cannot write (functions, `undefined`, a BigInt, a circle) is refused when it is put. An own property `__proto__` is left out when it is read.
 *
 * @param schema checks, and may change, each value that is read; one that answers promises is refused.
 *
 * @example
 * ```ts
 * import { jsonCodec } from '@sluice/core/durable'
 *
 * const codec = jsonCodec<{ id: number }>()
 * codec.decode(codec.encode({ id: 1 })) // { id: 1 }
 * ```
 */
export function jsonCodec<T>(schema?: StandardSchema<T>): Codec<T> {
  const encoder = new TextEncoder()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  return {
    encode(value) {
      const text = JSON.stringify(value) as unknown as string | undefined
      if (text === undefined) throw coded('SLUICE_VALUE', new TypeError(`JSON has no text for ${typeof value}`))
      return encoder.encode(text)
    },
    decode(body) {
      const text = decoder.decode(body)
      const value: unknown = text.includes('"__proto__"') ? JSON.parse(text, withoutProto) : JSON.parse(text)
      return schema === undefined ? (value as T) : validated(schema, value)
    },
  }
}

function withoutProto(this: unknown, key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value
}

function validated<T>(schema: StandardSchema<T>, value: unknown): T {
  const result = schema['~standard'].validate(value)
  if (result instanceof Promise) throw coded('SLUICE_ANSWER', new TypeError('jsonCodec: the schema answers a promise; one that answers at once is needed'))
  if (result.issues) throw coded('SLUICE_VALUE', new TypeError(result.issues.map(({ message }) => message).join('; ')))
  return result.value
}
