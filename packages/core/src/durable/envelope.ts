import { PoisonError } from './errors'
import type { Codec } from './codec'

/**
 * What stands before each body: the version of the envelope, and that of the values in it.
 *
 * ```text
 *   ┌──────────┬─────────┬──────────────┐
 *   │ envelope │ version │ body …       │      1 byte each before the body
 *   └──────────┴─────────┴──────────────┘
 * ```
 */
const ENVELOPE = 1
const HEAD = 2

/** Values as a joint writes them, with their version. */
export class Envelope<T> {
  readonly #codec: Codec<T>
  readonly #version: number

  /** @param version 0 to 255, of the values. */
  constructor(codec: Codec<T>, version: number) {
    this.#codec = codec
    this.#version = version
  }

  seal(value: T): Uint8Array {
    const body = this.#codec.encode(value)
    const sealed = new Uint8Array(body.length + HEAD)
    sealed[0] = ENVELOPE
    sealed[1] = this.#version
    sealed.set(body, HEAD)
    return sealed
  }

  /** @throws PoisonError where it is none of ours, of another version, or cannot be read. */
  open(sealed: Uint8Array): T {
    const [envelope, version] = sealed
    if (envelope !== ENVELOPE) throw new PoisonError(`not written by sluice, or by a later version of it: the envelope is ${envelope ?? 'empty'}, ${ENVELOPE} is known`)
    if (version !== this.#version) throw new PoisonError(`version ${version ?? 'none'} of the values, and this program reads version ${this.#version}`)
    try {
      return this.#codec.decode(sealed.subarray(HEAD))
    } catch (error) {
      throw new PoisonError(`cannot be decoded: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }
}
