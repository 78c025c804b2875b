import { describeValue } from '../foreign/describe-value'

/** What somebody has given who gave no operator: said by the thing itself, with where that thing belongs. */
export function noOperator(given: unknown): string {
  const { open, pipe } = membersOf(given)
  if (typeof open === 'function' && pipe !== undefined) return 'is a source. To read it together with this one use mergeWith, concatWith, zipWith, combineLatestWith or raceWith'
  if (typeof open === 'function') return 'is a sink. A pipeline ends in it: to(sink)'
  return `must be an operator such as map(f), got ${describeValue(given)}`
}

/** Why an operator's answer is no source. A decision of `onError` is a function too, and answers a word or an object. */
export function noSource(answer: unknown): string {
  return `answered ${describeValue(answer)}, and an operator answers a source. A decision such as retry(...) or deadLetter(...) belongs in onError, and a function of values in map(f)`
}

/** What somebody has given who gave no sink. */
export function noSink(given: unknown): string {
  const where = typeof given === 'function' ? ': operators go into pipe(...)' : ''
  return `to: expected a sink such as toArray() or forEach(f), got ${describeValue(given)}${where}`
}

export function isSource(answer: unknown): boolean {
  const { open, pipe } = membersOf(answer)
  return typeof open === 'function' && pipe !== undefined
}

function membersOf(given: unknown): { readonly open?: unknown; readonly pipe?: unknown } {
  return typeof given === 'object' && given !== null ? given : {}
}
