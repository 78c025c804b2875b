import type { RunningStage } from '../engine/running-stage'

/**
 * Where a stage was built, as `file:line:column`; null where that is not known.
 *
 * What was built while another stage was at work has the place of the stage that opened it, and where none did, of the one that was at work.
 */
export function siteOf(stage: RunningStage<unknown>): string | null {
  for (let next: RunningStage<unknown> | undefined = stage; next; next = next.opener) {
    const { site, opener, inner } = next
    if (site === undefined || (site?.origin !== undefined && inner && opener !== undefined)) continue
    return site?.text ?? null
  }
  return null
}
