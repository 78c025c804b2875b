import type { JointStats, RunStats, StageStats } from '@sluice/core'
import { printable } from '../text/printable'
import { sharesOf, type Shares } from './shares'

/** Stages that work in the same turns, as one line of the picture. */
export interface Row {
  /** The id of the stage that has the task. */
  readonly id: string
  /** The names of the stages, in the order of the flow. */
  readonly names: readonly string[]
  readonly steps: readonly StageStats[]
  /** How many rows of the same names this one stands for: inner sources come in numbers. */
  readonly alike: number
  /** Values a second; null for a row with a source at its beginning. */
  readonly inRate: number | null
  readonly outRate: number
  readonly shares: Shares | undefined
  readonly queue: JointStats | null
  /** Values that were dropped, over the whole run. */
  readonly lost: number
  /** Values that failed, were skipped or became dead letters, over the whole run. */
  readonly failed: number
  readonly ended: boolean
}

/** The rows of a run, sources first, with rates since earlier figures. */
export function rowsOf(now: RunStats, before: RunStats | undefined): Row[] {
  const earlier = new Map(before?.stages.map((stage) => [stage.id, stage]))
  const seconds = (now.elapsedMs - (before?.elapsedMs ?? 0)) / 1000
  const byDriver = new Map<string, StageStats[]>()
  for (const stage of now.stages) {
    const group = byDriver.get(stage.driver)
    if (group) group.push(stage)
    else byDriver.set(stage.driver, [stage])
  }
  const rows = [...byDriver].map(([driver, steps]) => rowOf(driver, steps.sort((a, b) => a.position - b.position), earlier, seconds))
  return gathered(rows).sort((a, b) => positionOf(a) - positionOf(b))
}

function rowOf(driver: string, steps: readonly StageStats[], earlier: ReadonlyMap<string, StageStats>, seconds: number): Row {
  const first = steps[0] as StageStats
  const last = steps.at(-1) as StageStats
  const clock = steps.find(({ id }) => id === driver) ?? last
  const rate = (count: number, before: number | undefined): number => (seconds > 0 ? Math.max(0, count - (before ?? 0)) / seconds : 0)
  return {
    id: driver,
    names: steps.map(({ name }) => printable(name, 80)),
    steps,
    alike: 1,
    inRate: first.kind === 'source' ? null : rate(first.in, earlier.get(first.id)?.in),
    outRate: rate(last.out, earlier.get(last.id)?.out),
    shares: sharesOf(clock, earlier.get(clock.id)),
    queue: clock.queue ?? steps.findLast(({ queue }) => queue !== null)?.queue ?? null,
    lost: sum(steps, ({ fates }) => fates.dropped),
    failed: sum(steps, ({ fates }) => fates.failed + fates.skipped + fates.deadLettered),
    ended: steps.every(({ ended }) => ended),
  }
}

/** Rows of inner sources with the same names as one: there may be thousands. */
function gathered(rows: readonly Row[]): Row[] {
  const inner = new Map<string, Row>()
  const others: Row[] = []
  for (const row of rows) {
    if (!row.steps.every((stage) => stage.inner)) {
      others.push(row)
      continue
    }
    const key = row.names.join('\n')
    const one = inner.get(key)
    inner.set(key, one ? joined(one, row) : row)
  }
  return [...others, ...inner.values()]
}

function joined(one: Row, other: Row): Row {
  return {
    ...one,
    alike: one.alike + 1,
    inRate: one.inRate === null || other.inRate === null ? null : one.inRate + other.inRate,
    outRate: one.outRate + other.outRate,
    lost: one.lost + other.lost,
    failed: one.failed + other.failed,
    ended: one.ended && other.ended,
  }
}

function positionOf({ steps }: Row): number {
  return steps.at(-1)?.position ?? 0
}

function sum(steps: readonly StageStats[], of: (stage: StageStats) => number): number {
  return steps.reduce((total, stage) => total + of(stage), 0)
}
