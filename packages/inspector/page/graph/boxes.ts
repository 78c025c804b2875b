import type { RunStats, StageStats } from '@sluice/core'

/** One box: a stage, or several that are pulled in one go. */
export interface Box {
  /** The id of its last stage: the one that hands values on. */
  readonly id: string
  /** First to last, by their ids. */
  readonly steps: readonly string[]
  readonly title: string
  readonly subtitle: string
  readonly kind: 'source' | 'operator' | 'sink'
  /** The id of the step that owns a clock; undefined where none does. */
  readonly clock: string | undefined
  readonly hasQueue: boolean
}

export interface Edge {
  readonly from: string
  readonly to: string
}

export interface Boxes {
  readonly boxes: readonly Box[]
  readonly edges: readonly Edge[]
  /** The box of each stage. */
  readonly boxOf: ReadonlyMap<string, string>
}

/**
 * The boxes of a run: steps that follow each other alone and work in the same turns are one box, for nothing waits between them.
 */
export function boxesOf({ stages }: RunStats): Boxes {
  const known = new Map(stages.map((stage) => [stage.id, stage]))
  const readers = new Map<string, string[]>()
  for (const { id, inputs } of stages) for (const input of inputs) readers.set(input, [...(readers.get(input) ?? []), id])
  /** The step that continues the same box. */
  const nextOf = (stage: StageStats): StageStats | undefined => {
    const [only, ...others] = readers.get(stage.id) ?? []
    const next = only === undefined || others.length > 0 ? undefined : known.get(only)
    return next?.inputs.length === 1 && next.driver === stage.driver && stage.queue === null ? next : undefined
  }
  const continues = new Set(stages.flatMap((stage) => nextOf(stage)?.id ?? []))
  const boxes: Box[] = []
  const boxOf = new Map<string, string>()
  for (const stage of stages) {
    if (continues.has(stage.id)) continue
    const steps: StageStats[] = []
    for (let next: StageStats | undefined = stage; next && !steps.includes(next); next = nextOf(next)) steps.push(next)
    const box = boxAround(steps)
    boxes.push(box)
    for (const id of box.steps) boxOf.set(id, box.id)
  }
  const edges = new Map<string, Edge>()
  for (const { id, inputs } of stages) {
    for (const input of inputs) {
      const from = boxOf.get(input)
      const to = boxOf.get(id)
      if (from !== undefined && to !== undefined && from !== to) edges.set(`${from}\n${to}`, { from, to })
    }
  }
  return { boxes, edges: [...edges.values()], boxOf }
}

function boxAround(steps: readonly StageStats[]): Box {
  const first = steps[0] as StageStats
  const last = steps.at(-1) as StageStats
  // Of several clocks that of the task which drives the others: they work in its turns.
  const clock = [...steps].reverse().find(({ id, driver, time }) => time !== null && driver === id) ?? [...steps].reverse().find(({ time }) => time !== null)
  // The stage that does the waiting is what people look for; a name with a bracket was given by an operator to one of its parts.
  const named = clock ?? [...steps].reverse().find(({ name }) => !/[.[]/.test(name)) ?? last
  const open = (named as { open?: number }).open
  const others = steps.filter((step) => step !== named).map(({ name }) => name)
  return {
    id: last.id, steps: steps.map(({ id }) => id), clock: clock?.id, hasQueue: last.queue !== null,
    title: open === undefined || open < 2 ? named.name : `${named.name} ×${open}`,
    subtitle: others.join(' › '),
    kind: last.kind === 'sink' ? 'sink' : first.kind === 'source' ? 'source' : 'operator',
  }
}
