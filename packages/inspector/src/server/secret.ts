import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Wrong tokens, and how long nobody is let in after so many, in ms. */
const MOST_WRONG = 20
const LOCKED_MS = 60_000

/** The token of one server, and a count of those who did not know it. */
export class Secret {
  readonly token: string
  readonly #hash: Buffer
  readonly #now: () => number
  #wrong = 0
  #lockedUntil = -Infinity

  constructor(token: string | undefined, now: () => number = () => performance.now()) {
    this.token = token ?? randomBytes(32).toString('base64url')
    this.#hash = hashOf(this.token)
    this.#now = now
  }

  /** `'yes'`, `'no'`, or `'locked'` for a minute after twenty that were wrong. */
  admits(authorization: string | undefined): 'yes' | 'no' | 'locked' {
    const now = this.#now()
    if (now < this.#lockedUntil) return 'locked'
    const given = /^Bearer ([\w-]{1,512})$/.exec(authorization ?? '')?.[1] ?? ''
    // Hashes have one length, and are compared in a time that does not depend on where they differ.
    if (timingSafeEqual(hashOf(given), this.#hash)) return 'yes'
    if (++this.#wrong >= MOST_WRONG) {
      this.#wrong = 0
      this.#lockedUntil = now + LOCKED_MS
    }
    return 'no'
  }
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
