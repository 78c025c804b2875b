import { type StageOptions } from '@sluice/core'
import { callable, checkOnError, optionsOf } from '@sluice/core/authoring'

/** Checks what operators with inner sources are called with; answers the name of the stage. */
export function checkInner<A>(owner: string, project: unknown, options: StageOptions<A>): string {
  callable(owner, 'project', project)
  const { name = owner, onError } = optionsOf(owner, options)
  checkOnError(owner, onError)
  return name
}
