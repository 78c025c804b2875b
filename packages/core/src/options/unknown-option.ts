import { OptionError } from '../errors'
import { describeValue } from '../foreign/describe-value'
import { usuallyCalled } from './usual-names'

/** How many letters have to be put in, left out or exchanged to make `b` of `a`, where that is at most `most`; more otherwise. */
function distance(a: string, b: string, most: number): number {
  if (!a || !b || most < 0) return a.length + b.length + (most < 0 ? 9 : 0)
  const x = a.slice(1)
  const y = b.slice(1)
  return a[0] === b[0] ? distance(x, y, most)
    : 1 + Math.min(...[[x, y], [x, b], [a, y]].map(([c, d]) => distance(c as string, d as string, most - 1)))
}

/** The known name that differs in at most two letters, and in the fewest. */
function nearest(option: string, known: readonly string[]): string | undefined {
  let found: string | undefined
  let least = 3
  for (const name of known) {
    const far = distance(option.toLowerCase(), name.toLowerCase(), 2)
    if (far < least) {
      least = far
      found = name
    }
  }
  return found
}

/** What is said of an option that nobody takes: the one that was meant, if one is called so elsewhere or is near, and all there are. */
export function unknownOption(owner: string, option: string, value: unknown, known: readonly string[]): OptionError {
  const meant = usuallyCalled(option, known) ?? nearest(option, known)
  const hint = meant === undefined ? '.' : `; did you mean "${meant}"?`
  return new OptionError(owner, option, value, 'left out', `${owner}: unknown option "${option}"${hint} It takes ${known.join(', ')}`)
}

/**
 * The options as they were given; an empty object where there are none.
 *
 * @param names the names that may be given: an error lists them, since who gives `retry(3)` has to know which one the 3 belongs to.
 * @throws OptionError where the options are no object.
 */
export function givenOptions(owner: string, options: unknown, names: () => readonly string[]): Readonly<Record<string, unknown>> {
  const given = options ?? {}
  if (typeof given === 'object' && !Array.isArray(given)) return given as Readonly<Record<string, unknown>>
  const known = names()
  const takes = known.length > 0 ? `. It takes ${known.join(', ')}` : ''
  throw new OptionError(owner, 'options', given, 'an object', `${owner}: options must be an object, got ${describeValue(given)}${takes}`)
}
