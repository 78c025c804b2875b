import type { Told } from './after-collection'
import { inFreshChild } from './measure'

const PIPELINES = ['sync chain', 'async generator', 'merge', 'batch and flatten'] as const
const SIZES = [1000, 12_000, 100_000] as const

interface FirstRun {
  readonly importMs: number
  readonly runMs: number
  readonly result: number
}

/** The first run of a pipeline in a process, without the import. Of all processes the fastest counts, on either side. */
export function* firstRuns(processes: number): Generator<Told> {
  for (const pipeline of PIPELINES) {
    for (const size of SIZES) {
      const [ours, theirs] = inTurns(processes, pipeline, size)
      if (ours.result !== theirs.result) throw new Error(`${pipeline}: ${ours.result} and ${theirs.result}`)
      yield compare('first-run', `${pipeline}, ${size.toLocaleString('en')} values`, ours.runMs, theirs.runMs)
    }
  }
}

/** The import of core and operators. */
export function imports(processes: number): Told {
  const [ours, theirs] = inTurns(processes, 'import', 0)
  return compare('import', 'core and operators', ours.importMs, theirs.importMs)
}

function compare(name: string, what: string, ours: number, theirs: number): Told {
  return {
    case: name,
    what: `${what}: ${ours.toFixed(2)} ms, RxJS ${theirs.toFixed(2)} ms`,
    goal: `${what}: no longer than RxJS`,
    ratio: theirs / ours,
    atLeast: 1,
  }
}

/** The best of ours and of theirs, a process of each by turns. */
function inTurns(processes: number, pipeline: string, size: number): [FirstRun, FirstRun] {
  const best: Record<string, FirstRun> = {}
  for (let i = 0; i < processes; i++) {
    for (const library of ['sluice', 'rxjs']) {
      const seen = inFreshChild('first-run.mjs', [library, pipeline, String(size)]) as FirstRun
      const before = best[library]
      best[library] = before === undefined ? seen : { importMs: Math.min(before.importMs, seen.importMs), runMs: Math.min(before.runMs, seen.runMs), result: seen.result }
    }
  }
  return [best['sluice'] as FirstRun, best['rxjs'] as FirstRun]
}
