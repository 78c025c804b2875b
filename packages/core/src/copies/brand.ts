import { coded } from '../foreign/coded'
import { PROTOCOL } from './protocol'

/** What objects of Sluice are told by, in place of `instanceof`: a class of another copy (CommonJS beside ESM) is another class. */
export const STAGE: unique symbol = Symbol.for('sluice.stage')
export const SCOPE: unique symbol = Symbol.for('sluice.scope')
export const SOURCE: unique symbol = Symbol.for('sluice.source')
/** Where a run keeps its stages, for the functions that look at it. */
export const RUN_SCOPE: unique symbol = Symbol.for('sluice.run-scope')
export const PIPELINE = Symbol.for('sluice.pipeline')
/** The brand of a `Limit`, of whichever copy: for `isBranded(value, LIMIT)`. */
export const LIMIT = Symbol.for('sluice.limit')

/**
 * Whether an object carries a brand: it is of this copy of Sluice, or of another one that speaks the same protocol.
 *
 * @param value anything; what is no object carries none.
 * @param brand `LIMIT`, for instance.
 * @throws Error with the code SLUICE_COPIES where the other copy speaks another protocol.
 *
 * @example
 * ```ts
 * import { Limit } from 'sluice'
 * import { isBranded, LIMIT } from '@sluice/core/authoring'
 *
 * isBranded(new Limit({ concurrency: 1 }), LIMIT) // true
 * ```
 */
export function isBranded(value: unknown, brand: symbol): boolean {
  return typeof value === 'object' && value !== null && speaks((value as { readonly [key: symbol]: number | undefined })[brand])
}

/**
 * Whether the value of a brand is the protocol of this copy. A check that is made for each stage of a run reads the brand itself, by its
 * constant: one function that reads all brands of all classes is a lookup without a cache.
 */
export function speaks(protocol: number | undefined): boolean {
  if (protocol === PROTOCOL) return true
  if (protocol === undefined) return false
  throw coded('SLUICE_COPIES', new Error(
    `two copies of Sluice are loaded that do not understand each other: this one speaks protocol ${PROTOCOL}, and what it was given ` +
      `speaks protocol ${protocol}. Install one version of @sluice/core: npm ls @sluice/core shows who brings which`,
  ))
}

/** Marks an object as one of ours. */
export function brand(object: object, mark: symbol): void {
  Object.defineProperty(object, mark, { value: PROTOCOL })
}

/**
 * Whether an error has a code: of ours, of whichever copy.
 *
 * @param error anything.
 * @param code a `SluiceErrorCode`, as docs/errors.md lists them.
 *
 * @example
 * ```ts
 * import { TimeoutError } from 'sluice'
 * import { hasCode } from '@sluice/core/authoring'
 *
 * hasCode(new TimeoutError('late'), 'SLUICE_TIMEOUT') // true
 * ```
 */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && (error as { readonly code?: unknown }).code === code
}
