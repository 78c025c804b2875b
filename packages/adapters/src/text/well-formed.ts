/** Half of a character that UTF-16 writes in two halves, without its other half. */
const LONE_HALF = /\p{Surrogate}/u

/**
 * True where UTF-8 has the text as it is. A lone half of a surrogate pair has no bytes there: encoders put U+FFFD in its place,
 * without a word.
 */
export function isWellFormed(text: string): boolean {
  // Newer than the types, and twenty times as fast.
  const { isWellFormed: builtIn } = text as { isWellFormed?: () => boolean }
  return builtIn ? builtIn.call(text) : !LONE_HALF.test(text)
}

/** What is wrong with a text that is not well-formed, to stand in a message. */
export const HALF_A_CHARACTER = 'half a character (a lone surrogate), which UTF-8 cannot hold'

/**
 * Puts texts together that were cut anyhow: half a character at the end of a piece waits for its other half, at the start of
 * the next one.
 */
export class WholeText {
  #half = ''

  /** The piece, as far as it can be told, behind the half that has waited. */
  take(piece: string): string {
    if (piece === '') return piece
    const text = this.#half + piece
    const last = text.charCodeAt(text.length - 1)
    const cut = last >= 0xd800 && last < 0xdc00
    this.#half = cut ? text.slice(-1) : ''
    return cut ? text.slice(0, -1) : text
  }

  /** The half that still waits; empty where there is none. */
  end(): string {
    const half = this.#half
    this.#half = ''
    return half
  }
}
