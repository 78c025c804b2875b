import type { RunScope } from '../engine/run-scope'
import type { RunningStage } from '../engine/running-stage'

/** A stage with what only the whole run knows of it. */
export interface PlacedStage {
  readonly stage: RunningStage<unknown>
  /** Its name, with `#2` and so on where it occurs again. */
  readonly id: string
  /** 0 is a source; else one more than the furthest stage before it. */
  readonly position: number
}

/** Who hands a stage its values: those it pulls, and the one that feeds it. */
export function inputsOf(stage: RunningStage<unknown>): RunningStage<unknown>[] {
  const inputs = stage.feeder ? [...stage.upstreams, stage.feeder] : [...stage.upstreams]
  return inputs.length === 0 && stage.before ? [stage.before] : inputs
}

/** The longest way to a stage: how many stages it is, and the input by which it comes. */
interface Way {
  readonly length: number
  readonly by: RunningStage<unknown> | undefined
}

/** The stages from the furthest source to `stage`, which is the last. */
export function wayTo(stage: RunningStage<unknown>): readonly RunningStage<unknown>[] {
  const ways = new Map<RunningStage<unknown>, Way>()
  const path = [stage]
  for (let { by } = measure(stage, ways); by; { by } = ways.get(by) as Way) path.push(by)
  return path.reverse()
}

/** Measures the ways to all stages before `stage`, each once. A loop: of steps behind one another there may be thousands. */
function measure(stage: RunningStage<unknown>, ways: Map<RunningStage<unknown>, Way>): Way {
  const open = [stage]
  /** What is being measured: who leads back to it is no way to it. */
  const within = new Set<RunningStage<unknown>>()
  for (let last = open.at(-1); last; last = open.at(-1)) {
    within.add(last)
    let way: Way = { length: 1, by: undefined }
    let isComplete = true
    for (const input of inputsOf(last)) {
      const other = ways.get(input)
      if (other === undefined) {
        if (within.has(input)) continue
        isComplete = false
        open.push(input)
      } else if (other.length >= way.length) {
        way = { length: other.length + 1, by: input }
      }
    }
    if (!isComplete) continue
    ways.set(last, way)
    within.delete(last)
    open.pop()
  }
  return ways.get(stage) as Way
}

/** The stages of a run, sources first, each with a unique id. Inner stages are numbered last: they come and go, and the ids of the others stay. */
export function placeStages(scope: RunScope): PlacedStage[] {
  const ways = new Map<RunningStage<unknown>, Way>()
  const placed = [...scope.stages]
    .map((stage) => ({ stage, position: (ways.get(stage) ?? measure(stage, ways)).length - 1 }))
    .sort((a, b) => a.position - b.position)
  const ids = new Map<RunningStage<unknown>, string>()
  const seen = new Map<string, number>()
  for (const isInner of [false, true]) {
    for (const { stage } of placed) {
      if (stage.inner !== isInner) continue
      const { name } = stage
      const count = (seen.get(name) ?? 0) + 1
      seen.set(name, count)
      ids.set(stage, count > 1 ? `${name}#${count}` : name)
    }
  }
  return placed.map(({ stage, position }) => ({ stage, id: ids.get(stage) as string, position }))
}

/** Answers whose task pulls a stage. What is found is kept for all on the way, so that a long chain is gone along once. */
export function driversOf(): (stage: RunningStage<unknown>) => RunningStage<unknown> {
  const drivers = new Map<RunningStage<unknown>, RunningStage<unknown>>()
  return (stage) => {
    const way: RunningStage<unknown>[] = []
    let driver = stage
    while (driver.tasks.length === 0 && driver.consumer && !drivers.has(driver)) {
      way.push(driver)
      driver = driver.consumer
    }
    driver = drivers.get(driver) ?? driver
    for (const each of way) drivers.set(each, driver)
    return driver
  }
}
