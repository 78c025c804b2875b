import { usersOf, type Role } from '../copies/parts'
import { isStage } from '../engine/is-stage'
import type { RunningStage } from '../engine/running-stage'
import type { LimitLike } from '../limit/limit'
import { placeStages } from './places'

type AnyStage = RunningStage<unknown>
type Detail = Readonly<Record<string, number | string>>

/** What a stage shares with others, as far as that tells why it waits: whose permits are out, and who takes what it puts into a queue. */
export function detailOf(stage: AnyStage, now: number): Detail | null {
  const own = stage.detail?.()
  const shared = { ...permitsOf(stage, now), ...takersOf(stage) }
  return own || Object.keys(shared).length > 0 ? { ...own, ...shared } : null
}

/** Who holds the permits of the limit of a stage: the stage that had most since it was opened, and what is held outside of all stages. */
function permitsOf(stage: AnyStage, now: number): Detail {
  const { limit } = (stage.given ?? {}) as { readonly limit?: LimitLike }
  // What another copy of Sluice has made tells the same; anything else that can be acquired may not.
  if (stage.meter?.calls === undefined || typeof limit?.active !== 'number') return {}
  const { active, concurrency, rate } = limit
  const holders = stagesOf(limit, 'waits for').flatMap((user) => held(user, now))
  const [most] = holders.sort((a, b) => b.average - a.average)
  const inStages = holders.reduce((sum, { inFlight }) => sum + inFlight, 0)
  return {
    permitsOut: active, permitsElsewhere: Math.max(0, active - inStages),
    ...(concurrency === Infinity ? {} : { permits: concurrency }),
    ...(rate === undefined ? {} : { permitRate: (rate.count * 1000) / rate.perMs }),
    ...(most === undefined || most.average <= 0 ? {} : { holder: nameOf(most.stage), holderPermits: most.average }),
  }
}

function held(stage: AnyStage, now: number): { readonly stage: AnyStage; readonly average: number; readonly inFlight: number }[] {
  const { meter } = stage
  if (meter?.calls === undefined) return []
  // Its clock first: that counts the calls until now.
  const age = Object.values<number>({ ...meter.read(now) }).reduce((sum, ms) => sum + ms, 0)
  const { inFlight, inFlightMs } = meter.calls.read(now)
  return [{ stage, inFlight, average: age > 0 ? inFlightMs / age : 0 }]
}

/** The stages of runs that read the queue which a sink fills. */
function takersOf(stage: AnyStage): Detail {
  const [filled] = (stage.uses ?? []).filter(({ role }) => role === 'fills')
  if (stage.kind !== 'sink' || filled === undefined) return {}
  const readers = stagesOf(filled.part, 'reads')
  return { readers: readers.length, ...(readers[0] === undefined ? {} : { reader: nameOf(readers[0]) }) }
}

/** Those of another copy of Sluice tell other figures. */
function stagesOf(part: object, role: Role): AnyStage[] {
  return usersOf(part, role).filter((user): user is typeof user & AnyStage => isStage(user))
}

/** As in `'import/load'`: the run, and the id of the stage in it. */
function nameOf(stage: AnyStage): string {
  const { scope, name } = stage
  return `${scope.name}/${placeStages(scope).find((placed) => placed.stage === stage)?.id ?? name}`
}
