import { OptionError, type Pipeline, type Source } from '@sluice/core'
import { isDrivable } from '@sluice/core/authoring'

/**
 * One way a fan-out goes on. Called once, when the pipeline is built; what it is given can be read once per run, inside
 * the branch. It answers what comes out again, or a pipeline, which ends in a sink of its own:
 *
 * ```ts
 * (source) => source.pipe(map(parse))    // its values go on after the operator
 * (source) => source.to(table)           // runs inside this run; nothing of it goes on
 * ```
 */
export type Branch<A, B = unknown> = (source: Source<A>) => Source<B> | Pipeline<unknown>

/** What comes out of a branch: nothing where it ends in a sink. */
export type BranchOutput<F> = F extends (source: never) => infer R ? (R extends Source<infer B> ? B : never) : never

/** What a branch takes, where it says so itself. */
export type BranchInput<F> = F extends (source: Source<infer A>) => unknown ? A : never

/** A branch put together. */
export type Output<B> =
  | { readonly source: Source<B>; readonly pipeline?: undefined }
  | { readonly source?: undefined; readonly pipeline: Pipeline<unknown> }

/** Puts a branch together, and says by name what is no branch. */
export function assemble<A, B>(owner: string, option: string, branch: Branch<A, B>, source: Source<A>): Output<B> {
  const made: unknown = branch(source)
  if (isDrivable(made)) return { pipeline: made }
  if (typeof (made as Partial<Source<B>> | undefined | null)?.open === 'function') return { source: made as Source<B> }
  throw new OptionError(owner, option, made, 'a function that answers a source, or a pipeline made by to(sink)')
}
