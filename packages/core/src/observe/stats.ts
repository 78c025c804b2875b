import type { RunStatus } from '../contract/run'
import type { Adjustable } from '../contract/stage'
import type { AdjustableStats, StageStats } from '../contract/stage-stats'
import type { RunStats } from '../contract/stats'
import type { RunScope } from '../engine/run-scope'
import type { RunningStage } from '../engine/running-stage'
import { detailOf } from './part-detail'
import { driversOf, inputsOf, placeStages, type PlacedStage } from './places'
import { describeProcess } from './process'
import { describeQueue } from './queue'
import { ratesOf, type Rates } from './rates'
import { siteOf } from './site-of'
import { sharesOf, timeOf } from './stage-time'

/** The figures of a run at this moment; `endedAt` once it has settled. */
export function describeStats(scope: RunScope, status: RunStatus, endedAt: number | undefined): RunStats {
  const now = endedAt ?? scope.clock.now()
  const rates = ratesOf(scope, scope.openedAt)
  rates.begin(now)
  const placed = placeStages(scope)
  const driverOf = driversOf()
  const drivers = new Map(placed.map(({ stage }) => [stage, driverOf(stage)]))
  const around: Around = { ids: new Map(placed.map(({ stage, id }) => [stage, id])), drivers, now, rates, shares: sharesOf(drivers, now), ended: endedAt !== undefined }
  return {
    schema: 1,
    name: scope.name,
    status,
    totals: scope.totals.describe(scope.stages, endedAt !== undefined),
    elapsedMs: now - scope.openedAt,
    process: describeProcess(scope, now, endedAt !== undefined),
    stages: placed.map((place) => describeStage(place, around)),
  }
}

type AnyStage = RunningStage<unknown>

/** What the figures of a stage need of the others. */
interface Around {
  readonly ids: ReadonlyMap<AnyStage, string>
  readonly drivers: ReadonlyMap<AnyStage, AnyStage>
  /** How long each stage was on the CPU. */
  readonly shares: ReadonlyMap<AnyStage, number>
  readonly now: number
  readonly rates: Rates
  readonly ended: boolean
}

function describeStage({ stage, id, position }: PlacedStage, { ids, drivers, shares, now, rates, ended }: Around): StageStats {
  const { name, kind, out, dropped, errors, retries, deadLettered, overruns, inner, outcome, meter, queue, joint } = stage
  // What a branch is fed is counted where it comes out: a value on its way is in a queue of the branch.
  let taken = stage.cameFromGone + (stage.feeder ? out : 0)
  for (const upstream of stage.upstreams) taken += upstream.out
  const { absorbed = 0, dropped: lost = 0, skipped = 0, deadLettered: letters = 0, failed = 0 } = stage.fates ?? {}
  const driver = drivers.get(stage) ?? stage
  const workingMs = shares.get(stage) ?? 0
  return {
    id, name, kind, position, inner,
    driver: ids.get(driver) ?? id,
    inputs: inputsOf(stage).flatMap((input) => ids.get(input) ?? []),
    site: siteOf(stage),
    ended: outcome !== undefined,
    detail: detailOf(stage, now),
    in: taken, out, dropped,
    fates: { absorbed, dropped: lost, skipped, deadLettered: letters, failed },
    errors, retries, deadLettered, overrun: overruns,
    rates: rates.of(stage, taken, out),
    workingMs,
    state: ended || outcome !== undefined ? null : meter?.state ?? null,
    time: timeOf(stage, driver, workingMs, now),
    causes: meter?.causes() ?? null,
    calls: meter?.calls?.read(now) ?? null,
    queue: queue ? describeQueue(queue, joint) : null,
    adjustable: describeAdjustable(stage.adjustable),
  }
}

function describeAdjustable(by: Adjustable | undefined): AdjustableStats | null {
  if (by === undefined) return null
  const { concurrency = null, rate } = by
  return { concurrency, rate: rate ? { count: rate.count, perMs: rate.perMs, burst: rate.burst ?? rate.count } : null }
}
