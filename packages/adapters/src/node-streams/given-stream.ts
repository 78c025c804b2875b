import { OptionError } from '@sluice/core'

/** A stream, or a function that makes one for each run. */
export type Given<S extends object> = S | (() => S)

/** Where a run gets its stream from. */
export interface StreamSupply<S> {
  /** It is made for the run: then nobody else has use for it afterwards. */
  readonly own: boolean
  readonly get: () => S
}

/**
 * Checks what was given when the pipeline is built; what a function makes is checked when it is made.
 *
 * @param verbs the methods without which it is no such stream.
 */
export function streamSupply<S extends object>(owner: string, option: string, given: Given<S>, ...verbs: ('read' | 'write')[]): StreamSupply<S> {
  const check = (stream: unknown): S => {
    const some = stream as Record<string, unknown> | null | undefined
    if (['on', ...verbs].every((method) => typeof some?.[method] === 'function')) return stream as S
    throw new OptionError(owner, option, stream, `a Node stream with ${verbs.join('() and ')}(), or a function that makes one`)
  }
  if (typeof given === 'function') return { own: true, get: () => check(given()) }
  const stream = check(given)
  return { own: false, get: () => stream }
}
