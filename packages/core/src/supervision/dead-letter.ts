import type { Sink } from '../contract/sink'
import type { DeadLetter, DeadLetterDecision, Decide } from '../contract/supervision'
import { deadLetterBox } from '../engine/dead-letters'
import { OptionError } from '../errors'
import { flag, optionsOf } from '../options'
import { check } from '../options/rule'
import { fnAtOnce } from '../options/rules'
import { Letter, LetterWithStack } from './letter'

/** Options of {@link deadLetter}. */
export interface DeadLetterOptions {
  /** Whether errors have their stack where a letter is written as JSON. It names files of the machine. Default false. */
  readonly stack?: boolean | undefined
}

/** Options of {@link deadLetter} for a sink that takes something else than letters. */
export interface MappedLetterOptions<A, L> extends DeadLetterOptions {
  /** Makes of a letter what the sink takes, such as a row of a table. Where it throws, the item fails with that. */
  readonly map: (letter: DeadLetter<A>) => L
}

/**
 * The `onError` policy that writes a failed item, with its error, to a sink of its own and goes on without it.
 *
 * The sink is opened by the first letter of a run, shared by all stages that name it, and ended when the run ends,
 * also when it fails. A letter that cannot be written fails the stage: nothing is lost silently.
 *
 * A sink that writes JSON, such as `writeNdjson` or `postJson`, writes name, message, code and cause of the error, the way from
 * the source to the stage, and the item, whatever it is. For a table, `map` makes a row of a letter.
 *
 * @param sink takes {@link DeadLetter} values, `{ item, error, attempt, stage, position, path }`, or what `map` makes of them.
 * @param options `stack` (default false), `map` (default: none).
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * import { deadLetter, type DeadLetter, forEach, from, map, toArray } from 'sluice'
 *
 * const rejected = forEach<DeadLetter>((letter) => console.warn(JSON.stringify(letter)))
 * const parse = map((text: string) => JSON.parse(text) as number, { onError: deadLetter(rejected) })
 * await from(['1', '{', '3']).pipe(parse).to(toArray()).run() // [1, 3]
 * ```
 */
export function deadLetter<A = unknown>(sink: Sink<DeadLetter<A>, unknown>, options?: DeadLetterOptions): Decide<A>
export function deadLetter<A, L>(sink: Sink<L, unknown>, options: MappedLetterOptions<A, L>): Decide<A>
export function deadLetter<A>(sink: Sink<never, unknown>, options: DeadLetterOptions & Partial<MappedLetterOptions<A, unknown>> = {}): Decide<A> {
  if (typeof (sink as Partial<typeof sink> | undefined)?.open !== 'function') {
    throw new OptionError('deadLetter', 'sink', sink, 'a sink such as forEach(f)')
  }
  const { stack = false, map } = optionsOf('deadLetter', options, ['stack', 'map'])
  flag('deadLetter', 'stack', stack)
  if (map !== undefined) check(fnAtOnce, 'deadLetter', 'map', map)
  const LetterClass = stack ? LetterWithStack : Letter
  const decision: DeadLetterDecision = {
    deadLetter: sink,
    write: (failed, stage) => {
      const letter = new LetterClass(failed, stage) as unknown as DeadLetter<A>
      return deadLetterBox(stage.scope, sink).write(map === undefined ? letter : map(letter))
    },
  }
  return () => decision
}
