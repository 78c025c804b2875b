import { callable, checkOnError, type StageOptions } from '@sluice/core'

/** Checks what operators with inner sources are called with; answers the name of the stage. */
export function checkInner<A>(owner: string, project: unknown, options: StageOptions<A>): string {
  callable(owner, 'project', project)
  // From JavaScript a required argument may be missing.
  const { name = owner, onError } = (options as StageOptions<A> | undefined) ?? {}
  checkOnError(owner, onError)
  return name
}
