import { inChild } from './measure'

/** What of one case is told and judged: a ratio, and what is asked of it. */
export interface Told {
  readonly case: string
  readonly what: string
  readonly goal: string
  readonly ratio: number
  readonly atLeast: number
}

/** Cases whose pipeline has to be as fast after a full collection as before. */
const CASES = ['sync-chain', 'batch-flatten', 'map-async', 'map-async-unordered', 'map-async-later', 'async-generator', 'merge', 'broadcast', 'short-runs'] as const

/**
 * The same pipelines run again, first as they are and then with a full collection before each run: what dies with the last run
 * of its kind (hidden classes, optimised code) has to be made again.
 */
export function* afterCollection(processes: number): Generator<Told> {
  for (const name of CASES) {
    const seen = Array.from({ length: processes }, () => inChild('collected.ts', [name, 'sluice', '11'], ['--expose-gc']) as { warm: number; collected: number })
    const warm = Math.min(...seen.map((each) => each.warm))
    const collected = Math.min(...seen.map((each) => each.collected))
    yield {
      case: 'after-collection',
      what: `${name} ${warm.toFixed(1)} ns a value, ${collected.toFixed(1)} with a full collection before each run`,
      goal: `${name}: at most 1.3 times as long`,
      ratio: warm / collected,
      atLeast: 1 / 1.3,
    }
  }
}
