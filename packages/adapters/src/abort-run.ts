import { coded } from '@sluice/core/authoring'
import type { Run } from '@sluice/core'

/**
 * Aborts a run for whoever ends a stream of another world. Resolves when all was cleaned up; rejects with the error of a
 * cleanup that failed, which nobody else would hear of: the run itself rejects with the reason.
 */
export async function abortRun(run: Run<unknown>, reason: unknown): Promise<void> {
  await run.abort(reason)
  if (run.status !== 'aborted') return
  const errors = run.failure?.suppressed ?? []
  if (errors.length === 1) throw errors[0]
  if (errors.length > 1) throw coded('SLUICE_CLEANUP', new AggregateError(errors, `${run.name}: cleanups failed`))
}
