import type { RunStats } from '@sluice/core'
import { flatten, isSame, type Flat } from './flat'
import type { DeltaFrame, FullFrame, Series } from './frames'

/** Makes the frames of one run: a full one, then what has changed since. */
export class RunEncoder {
  readonly #run: number
  #n = 0
  #topology = ''
  #paths = new Map<string, number>()
  #head: Flat | undefined
  #stages: readonly Flat[] = []

  constructor(run: number) {
    this.#run = run
  }

  /** Where the next changes count from. */
  full(stats: RunStats, history: Series): FullFrame {
    this.#paths = new Map()
    this.#topology = topologyOf(stats)
    this.#head = headOf(stats)
    this.#stages = stats.stages.map((stage) => flatten(stage))
    for (const flat of [this.#head, ...this.#stages]) for (const path in flat) this.#numberOf(path)
    return { t: 'full', run: this.#run, n: ++this.#n, stats, paths: [...this.#paths.keys()], history }
  }

  /** What has changed; undefined where nothing has, and where stages have come or gone: see {@link isAnother}. */
  delta(stats: RunStats): DeltaFrame | undefined {
    const known = this.#paths.size
    const rows: unknown[][] = []
    const head = headOf(stats)
    this.#compare(-1, this.#head, head, rows)
    this.#head = head
    this.#stages = stats.stages.map((stage, index) => {
      const flat = flatten(stage)
      this.#compare(index, this.#stages[index], flat, rows)
      return flat
    })
    if (rows.length === 0) return undefined
    const frame = { t: 'delta' as const, run: this.#run, n: ++this.#n, rows }
    return this.#paths.size === known ? frame : { ...frame, paths: [...this.#paths.keys()].slice(known) }
  }

  /** True where a delta cannot tell what has changed: nothing was sent yet, or the stages are others. */
  isAnother(stats: RunStats): boolean {
    return this.#head === undefined || this.#topology !== topologyOf(stats)
  }

  #compare(index: number, before: Flat | undefined, now: Flat, rows: unknown[][]): void {
    let row: unknown[] | undefined
    for (const path in now) {
      const leaf = now[path]
      if (before !== undefined && path in before && isSame(before[path], leaf)) continue
      row ??= [index]
      row.push(this.#numberOf(path), leaf)
    }
    if (row) rows.push(row)
  }

  #numberOf(path: string): number {
    let number = this.#paths.get(path)
    if (number === undefined) this.#paths.set(path, (number = this.#paths.size))
    return number
  }
}

function topologyOf({ stages }: RunStats): string {
  return stages.map(({ id, inputs }) => `${id}<${inputs.join()}`).join('\n')
}

function headOf({ stages: _, ...head }: RunStats): Flat {
  return flatten(head)
}
