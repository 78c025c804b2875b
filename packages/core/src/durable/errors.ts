import { printValue } from '../foreign/print-value'
import type { Capabilities } from './capabilities'

/** A pipeline asks for what its durable queue has not. */
export class CapabilityError extends Error {
  override readonly name: string = 'CapabilityError'
  readonly code = 'SLUICE_CAPABILITY'

  constructor(
    /** The operator, source or sink. */
    readonly owner: string,
    /** The name of the queue. */
    readonly queue: string,
    readonly capability: keyof Capabilities,
    readonly needs: unknown,
    readonly has: unknown,
    why: string,
  ) {
    super(`${owner}: ${why} asks for ${capability} ${printValue(needs)}, and the queue '${queue}' has ${printValue(has)}`)
  }
}

/** A value cannot be put into a durable queue: it is too large, or its codec refuses it. */
export class PutError extends Error {
  override readonly name: string = 'PutError'
  readonly code = 'SLUICE_PUT'
}

/** It is not known whether a value was stored, and it has no `dedup` key by which it could be put again. */
export class AmbiguousPutError extends Error {
  override readonly name: string = 'AmbiguousPutError'
  readonly code = 'SLUICE_PUT_UNKNOWN'
}

/** An item of a durable queue that cannot be read. It becomes a dead letter, and no pipeline sees it. */
export class PoisonError extends Error {
  override readonly name: string = 'PoisonError'
  readonly code = 'SLUICE_POISON'
}
