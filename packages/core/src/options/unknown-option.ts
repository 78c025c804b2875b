import { OptionError } from '../errors'

/** How many letters have to be put in, left out or exchanged to make `b` of `a`, where that is at most `most`; more otherwise. */
function distance(a: string, b: string, most: number): number {
  if (!a || !b || most < 0) return a.length + b.length + (most < 0 ? 9 : 0)
  const x = a.slice(1)
  const y = b.slice(1)
  return a[0] === b[0] ? distance(x, y, most)
    : 1 + Math.min(...[[x, y], [x, b], [a, y]].map(([c, d]) => distance(c as string, d as string, most - 1)))
}

/** What is said of an option that nobody takes: the one that was meant, if one is near, and all there are. */
export function unknownOption(owner: string, option: string, value: unknown, known: readonly string[]): OptionError {
  let meant = '.'
  let nearest = 3
  for (const name of known) {
    const far = distance(option.toLowerCase(), name.toLowerCase(), 2)
    if (far < nearest) {
      nearest = far
      meant = `; did you mean "${name}"?`
    }
  }
  return new OptionError(owner, option, value, 'left out', `${owner}: unknown option "${option}"${meant} It takes ${known.join(', ')}`)
}
