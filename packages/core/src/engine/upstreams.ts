import type { RunningStage } from './running-stage'

type AnyStage = RunningStage<unknown>

/**
 * True where a test holds for a stage or for one that stands before it, however far.
 *
 * A loop and not a recursion, because of steps there may be thousands (R29).
 *
 * @param beyond false: what stands before the stage is not looked at. Default: always looked at.
 */
export function someBefore(first: AnyStage, test: (stage: AnyStage) => boolean, beyond?: (stage: AnyStage) => boolean): boolean {
  const open = [first]
  for (let stage = open.pop(); stage !== undefined; stage = open.pop()) {
    if (test(stage)) return true
    if (beyond?.(stage) === false) continue
    // One by one: a call takes no 150,000 arguments, and a merge may read as many sources.
    for (const upstream of stage.upstreams) open.push(upstream)
  }
  return false
}

/** Those that read a source which a stop has ended learn that more would have come, up to the stage that opened it for an item. */
export function markCutShort(source: RunningStage<unknown>): void {
  for (let stage: RunningStage<unknown> | undefined = source; stage?.forItem; stage = stage.consumer) stage.cutShort = true
}
