import type { Sink } from '../contract/sink'
import type { DeadLetter, DeadLetterDecision, Decide } from '../contract/supervision'
import { deadLetterBox } from '../engine/dead-letters'
import { OptionError } from '../errors'

/**
 * The `onError` policy that writes a failed item, with its error, to a sink of its own and goes on without it.
 *
 * The sink is opened by the first letter of a run, shared by all stages that name it, and ended when the run ends,
 * also when it fails. A letter that cannot be written fails the stage: nothing is lost silently.
 *
 * @param sink takes {@link DeadLetter} values: `{ item, error, attempt, stage }`.
 *
 * @example
 * ```ts
 * const rejected = forEach<DeadLetter>(({ item, error }) => log.warn({ item, error }))
 * from(lines).pipe(map(parse, { onError: deadLetter(rejected) }))
 * ```
 */
export function deadLetter<A = unknown>(sink: Sink<DeadLetter<A>, unknown>): Decide<A> {
  if (typeof (sink as Partial<typeof sink> | undefined)?.open !== 'function') {
    throw new OptionError('deadLetter', 'sink', sink, 'a sink such as forEach(f)')
  }
  const target = sink as unknown as Sink<DeadLetter, unknown>
  const decision: DeadLetterDecision = {
    deadLetter: target,
    write: (letter, scope) => deadLetterBox(scope, target).write(letter),
  }
  return () => decision
}
