import { describeValue } from '../foreign/describe-value'

/** What somebody has given who gave no operator: said by the thing itself, with where that thing belongs. */
export function noOperator(given: unknown): string {
  if (isSource(given)) return 'is a source. To read it together with this one use mergeWith, concatWith, zipWith, combineLatestWith or raceWith'
  if (can(given, 'open')) return 'is a sink. A pipeline ends in it: to(sink)'
  return `must be an operator such as map(f), got ${describeValue(given)}${streamHint(given)}`
}

/** Why an operator's answer is no source. A decision of `onError` is a function too, and answers a word or an object. */
export function noSource(answer: unknown): string {
  return `answered ${describeValue(answer)}, and an operator answers a source. A decision such as retry(...) or deadLetter(...) belongs in onError; the operators are called retrySource and deadLetterItem. A function of values belongs in map(f)`
}

/** What somebody has given who gave no sink. */
export function noSink(given: unknown): string {
  const where = typeof given === 'function' ? ': operators go into pipe(...), and a function of values into forEach(f)' : streamHint(given)
  return `to: expected a sink such as toArray() or forEach(f), got ${describeValue(given)}${where}`
}

/** What somebody has given who gave no source. */
export function noPullable(given: unknown): string {
  const where = typeof given === 'function' ? ': call the function, or give it to defer(f)'
    : can(given, 'subscribe') ? bridge('fromObservable', 'rxjs')
    : can(given, 'addEventListener') || can(given, 'on') ? bridge('fromEvent', 'events')
    : ''
  return `from: expected an iterable, async iterable, promise, queue, subscription or source, got ${describeValue(given)}${where}`
}

/** Which bridge leads to a stream of the platform that values can be written to. */
function streamHint(given: unknown): string {
  return can(given, 'getWriter') ? bridge('toWritable', 'web-streams')
    : can(member(given, 'writable'), 'getWriter') ? bridge('throughTransform', 'web-streams')
    : can(given, 'write') ? bridge(can(given, 'read') ? 'throughNode' : 'toNodeWritable', 'node-streams')
    : ''
}

function bridge(name: string, subpath: string): string {
  return `: see ${name} of @sluice/adapters/${subpath}`
}

export function isSource(answer: unknown): boolean {
  return can(answer, 'open') && member(answer, 'pipe') !== undefined
}

/** Whether it has such a method. */
function can(given: unknown, method: string): boolean {
  return typeof member(given, method) === 'function'
}

/** Nothing where a getter or a trap throws: an error about a value makes no second error. */
function member(given: unknown, name: string): unknown {
  try {
    return typeof given === 'object' && given !== null ? (given as Readonly<Record<string, unknown>>)[name] : undefined
  } catch {
    return undefined
  }
}
