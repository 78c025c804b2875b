import { type Source } from '@sluice/core'
import type { Stage } from '@sluice/core/authoring'
import { resourceSource, type Resource } from './resource'

/**
 * Something that is read batch by batch: a read answers at least one value, and may answer more than `limit` where its
 * world has a unit of its own (a page, a row group).
 */
export interface BatchReader<T> extends Resource<readonly T[]> {
  cut(): void
}

/**
 * A source of what a reader reads. The reader is made at the first pull.
 *
 * ```text
 *   world ◀─ read(limit) ─ [one batch] ─ pull ─▶ consumer      a batch is read when the one before is used up
 * ```
 */
export function batchSource<T>(name: string, open: (stage: Stage) => BatchReader<T>): Source<T> {
  return resourceSource<readonly T[], T>(name, open, { each: (batch, hold) => { for (const value of batch) hold(value) } })
}
