/** One thing that happened to an item, as a process wrote it down when it happened. */
export interface HistoryEvent {
  /**
   * - `put?` before a put, `put!` when it was confirmed
   * - `effect` when the work on an item is done, before it is acknowledged
   * - `dead` when an item was found among the dead letters
   */
  readonly op: 'put?' | 'put!' | 'effect' | 'dead'
  readonly id: string
  /** Which process wrote it. */
  readonly by: string
}

/** What a history is judged by. */
export interface HistoryRules {
  /** How many effects may be done a second time: what was held by processes that were killed. Default 0. */
  readonly mostRepeated?: number
}

/** What is wrong with a history, and its figures. */
export interface HistoryVerdict {
  /** Sentences; none where all is well. */
  readonly wrong: readonly string[]
  readonly confirmed: number
  readonly done: number
  /** Effects beyond the first of each item. */
  readonly repeated: number
}

/**
 * Judges what several processes have written down about a durable queue, after all is over and the queue is empty.
 *
 * What was confirmed was done or is a dead letter; what was done was put; and no more was done twice than the faults explain.
 *
 * @example
 * ```ts
 * import { checkHistory } from '@sluice/testing'
 *
 * checkHistory([{ op: 'put?', id: '1', by: 'p' }, { op: 'put!', id: '1', by: 'p' }]).wrong // ["'1' was confirmed, and neither done nor a dead letter"]
 * ```
 */
export function checkHistory(events: readonly HistoryEvent[], { mostRepeated = 0 }: HistoryRules = {}): HistoryVerdict {
  const idsOf = (op: HistoryEvent['op']): string[] => events.filter((event) => event.op === op).map(({ id }) => id)
  const asked = new Set(idsOf('put?'))
  const confirmed = new Set(idsOf('put!'))
  const dead = new Set(idsOf('dead'))
  const effects = idsOf('effect')
  const done = new Set(effects)
  const repeated = effects.length - done.size
  const wrong = [
    ...[...confirmed].filter((id) => !asked.has(id)).map((id) => `'${id}' was confirmed, and nobody asked for it`),
    ...[...confirmed].filter((id) => !done.has(id) && !dead.has(id)).map((id) => `'${id}' was confirmed, and neither done nor a dead letter`),
    ...[...done].filter((id) => !asked.has(id)).map((id) => `'${id}' was done, and nobody has put it`),
    ...[...dead].filter((id) => !asked.has(id)).map((id) => `'${id}' is a dead letter, and nobody has put it`),
    ...(repeated > mostRepeated ? [`${repeated} effects were repeated, and ${mostRepeated} may be`] : []),
  ]
  return { wrong, confirmed: confirmed.size, done: done.size, repeated }
}
