import type { ProcessStats } from '../contract/stats'

/** The figures that only the platform can give. */
export type PlatformStats = Pick<ProcessStats, 'loopUtilization' | 'cpuMs' | 'heapUsedBytes' | 'heapLimitBytes'>

/** How long the event loop has worked and rested so far, in ms. */
export interface LoopReading {
  readonly active: number
  readonly idle: number
}

/** What Node, Deno and Bun have of all this; browsers have none of it. */
interface Platform {
  readonly process?: {
    cpuUsage?(): { readonly user: number; readonly system: number }
    memoryUsage?(): { readonly heapUsed: number }
    getBuiltinModule?(name: string): { getHeapStatistics?(): { readonly heap_size_limit: number } } | undefined
  }
  readonly performance?: { eventLoopUtilization?(): LoopReading }
}

const platform = globalThis as Platform

/** One reading serves all runs that begin within this time, in ms: a reading costs 0.2 µs, which ten thousand short runs would feel. */
const SHARED_MS = 10
let shared: { readonly at: number; readonly reading: LoopReading | undefined } | undefined

/**
 * What the event loop had done when a run began, to within 10 ms; undefined where the platform does not tell.
 *
 * @param now the time by the platform's clock.
 */
export function loopBefore(now: number): LoopReading | undefined {
  if (shared === undefined || now - shared.at > SHARED_MS) shared = { at: now, reading: readLoop() }
  return shared.reading
}

/** @param before what the event loop had done at the begin of the time that is asked about. */
export function platformStats(before: LoopReading | undefined): PlatformStats {
  return {
    loopUtilization: utilization(before, readLoop()),
    cpuMs: told(() => {
      const usage = platform.process?.cpuUsage?.()
      return usage && (usage.user + usage.system) / 1000
    }),
    heapUsedBytes: told(() => platform.process?.memoryUsage?.().heapUsed),
    heapLimitBytes: (heapLimit ??= told(() => platform.process?.getBuiltinModule?.('node:v8')?.getHeapStatistics?.().heap_size_limit)),
  }
}

/** It does not change while a process lives. */
let heapLimit: number | null | undefined

function readLoop(): LoopReading | undefined {
  try {
    return platform.performance?.eventLoopUtilization?.()
  } catch {
    return undefined
  }
}

function utilization(before: LoopReading | undefined, now: LoopReading | undefined): number | null {
  if (before === undefined || now === undefined) return null
  const active = Math.max(0, now.active - before.active)
  const idle = Math.max(0, now.idle - before.idle)
  return active + idle > 0 ? active / (active + idle) : null
}

/** A platform may have a function that throws, because it is not made yet there. */
function told(ask: () => number | undefined): number | null {
  try {
    const answer = ask()
    return answer !== undefined && Number.isFinite(answer) ? answer : null
  } catch {
    return null
  }
}
