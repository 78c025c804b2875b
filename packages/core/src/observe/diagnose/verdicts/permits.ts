import type { Finding } from '../diagnosis'
import type { Evidence } from '../evidence'
import type { StageWindow } from '../stage-window'
import { percent, perSecond, rounded, short } from '../wording'

const PERMITS = 0.3
/** A limit that has so much of its permits out is held by those; else by its rate. */
const TAKEN = 0.8

/** What a stage tells of its limit. */
interface Permits {
  readonly permits?: number
  readonly permitsOut?: number
  readonly permitsElsewhere?: number
  readonly permitRate?: number
  readonly holder?: string
  readonly holderPermits?: number
}

/** Calls wait for a permit: because others hold them, because there are few, or because the limit has a rate. */
export function ofPermits({ window, walk }: Evidence, stage: StageWindow): Finding | undefined {
  const share = (stage.limited['permit'] ?? 0) + (stage.calling['permit'] ?? 0)
  if (share <= PERMITS) return undefined
  const told = (stage.now.detail ?? {}) as Permits
  const rate = rounded((stage.out / window.ms) * 1000)
  const confidence = walk?.unit.stage === stage ? Math.max(share, walk.confidence) : share
  if (isOfRate(told)) {
    return {
      verdict: 'own-rate', severity: 'info', stage: stage.id, cause: 'rate',
      message: `'${stage.id}' is held to ${perSecond(rate)} by the rate of its limit, ${perSecond(told.permitRate ?? 0)}, ${percent(share)} of the time`,
      advice: 'nothing is wrong; raise the rate of the limit if the run should be faster',
      figures: { limited: rounded(share), rate, permitRate: rounded(told.permitRate ?? 0) }, confidence,
    }
  }
  const { whose, advice } = holderIn(told, `${window.now.name}/${stage.id}`)
  return {
    verdict: 'permits', severity: 'advice', stage: stage.id, cause: 'permit',
    message: `'${stage.id}' waits for a permit of its limit ${percent(share)} of the time${whose}: its own concurrency is not what holds it back`,
    advice: `${advice}; more concurrency of the stage only makes the line longer`,
    figures: {
      limited: rounded(share), rate, ...(stage.calls?.bound == null ? {} : { concurrency: stage.calls.bound }),
      ...Object.fromEntries(Object.entries(told).flatMap(([name, figure]) => (KEPT.has(name) ? [[name, typeof figure === 'number' ? rounded(figure) : figure]] : []))),
    },
    confidence,
  }
}

const KEPT: ReadonlySet<string> = /* @__PURE__ */ new Set(['permits', 'permitsElsewhere', 'holder', 'holderPermits'])

/** The rate lets nobody in, and permits would be there. */
function isOfRate({ permits, permitRate, permitsOut = 0 }: Permits): boolean {
  return permitRate !== undefined && (permits === undefined || permitsOut < permits * TAKEN)
}

/** Who has most of the permits. */
function holderIn({ permits, permitsElsewhere = 0, holder, holderPermits = 0 }: Permits, self: string): { readonly whose: string; readonly advice: string } {
  if (permits === undefined) return { whose: '', advice: 'raise the limit, or look at who else holds its permits' }
  if (permitsElsewhere > holderPermits) {
    return {
      whose: `, and code outside of all stages holds ${short(permitsElsewhere)} of the ${permits}`,
      advice: 'see that whoever else takes a permit of this limit gives it back (permit.release), or raise the limit',
    }
  }
  if (holder === undefined) return { whose: '', advice: 'raise the limit' }
  if (holder === self) return { whose: `, and its own calls hold ${short(holderPermits)} of the ${permits}`, advice: 'raise the limit' }
  return { whose: `, and '${holder}' holds ${short(holderPermits)} of the ${permits}`, advice: `raise the limit, or give '${holder}' a limit of its own or a lower concurrency` }
}
