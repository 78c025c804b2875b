import type { RunStats, StageStats } from '@sluice/core'
import { setLeaf } from './flat'
import type { DeltaFrame, FullFrame } from './frames'

/** Puts the statistics of one run together again. */
export class RunDecoder {
  /** Undefined until the first full frame. */
  stats: RunStats | undefined
  #n = 0
  #paths: string[] = []
  #stages: ReadonlyMap<string, StageStats> = new Map()

  /** A stage by its id. */
  stage(id: string): StageStats | undefined {
    return this.#stages.get(id)
  }

  full(frame: FullFrame): void {
    // A copy: the frame stays what it was, for whoever keeps it.
    this.stats = structuredClone(frame.stats)
    this.#stages = new Map(this.stats.stages.map((stage) => [stage.id, stage]))
    this.#n = frame.n
    this.#paths = [...frame.paths]
  }

  /** False where a frame between the last one and this one is missing: then a full one is needed. */
  delta({ n, paths, rows }: DeltaFrame): boolean {
    if (this.stats === undefined || n !== this.#n + 1) return false
    this.#n = n
    if (paths) this.#paths.push(...paths)
    const { stages } = this.stats
    for (const [index, ...changes] of rows) {
      const target = (index === -1 ? this.stats : stages[index as number]) as unknown as Record<string, unknown> | undefined
      if (target === undefined) return false
      for (let i = 0; i + 1 < changes.length; i += 2) {
        const path = this.#paths[changes[i] as number]
        if (path === undefined) return false
        setLeaf(target, path, changes[i + 1])
      }
    }
    return true
  }
}
