import { type Source } from '@sluice/core'
import type { Stage } from '@sluice/core/authoring'
import { resourceSource, type Resource } from '../batches/resource'

/**
 * A source of what a resource has, piece by piece: one read for each value that is wanted. It is opened at the first pull.
 *
 * @param live true where it goes on for ever: a stop then cuts a read short, since nobody knows when it would answer.
 */
export function readerSource<T>(name: string, open: (stage: Stage) => Resource<T>, live = false): Source<T> {
  return resourceSource<T, T>(name, open, { each: (value, hold) => { hold(value) }, live })
}
