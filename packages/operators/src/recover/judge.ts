import { promiseOf, type Recovery, type Supervisor } from '@sluice/core'

/** An item that has failed, at its so-manyth try. */
export interface FailedItem {
  readonly item: unknown
  readonly attempt: number
}

/** What is done once it is known what becomes of a failed item. */
export interface Verdict<T> {
  /** It is tried again, or left out. */
  goOn(recovery: Recovery): T
  /** It has failed for good, with `error`. */
  giveUp(error: unknown): T
}

/**
 * Puts a failed item before its supervisor, and has the verdict carried out.
 *
 * ```text
 *   error ─▶ supervisor ─┬─ decides, or there is none ─────────▶ goOn, giveUp    its answer is the answer
 *                        └─ a retry's delay, a dead letter … ─▶ later ─▶ goOn, giveUp    the answer is undefined
 * ```
 *
 * @param later called when a verdict has been waited for, with what carries it out; it may leave it at that.
 */
export function judge<T>(
  supervisor: Supervisor | undefined,
  error: unknown,
  failed: FailedItem,
  verdict: Verdict<T>,
  later: (carryOut: () => void) => void = (carryOut) => { carryOut() },
): T | undefined {
  let recovery: Recovery | Promise<Recovery>
  try {
    if (supervisor === undefined) throw error
    recovery = supervisor.recover(error, failed.item, failed.attempt)
  } catch (final) {
    return verdict.giveUp(final)
  }
  const promise = promiseOf(recovery)
  if (promise === undefined) return verdict.goOn(recovery as Recovery)
  promise.then(
    (decided) => { later(() => { verdict.goOn(decided) }) },
    (final: unknown) => { later(() => { verdict.giveUp(final) }) },
  )
  return undefined
}
