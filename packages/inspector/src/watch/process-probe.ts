import { performance, type EventLoopUtilization } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import type { ProcessFigures } from '../wire/frames'

/** Looks at the process: how busy its event loop is, how late its timers are, how large its heap is. */
export class ProcessProbe {
  #before: EventLoopUtilization = performance.eventLoopUtilization()
  #lagMs = 0
  readonly #heapLimitBytes = getHeapStatistics().heap_size_limit

  /** A timer has come so late. What is kept is the worst since the last reading. */
  late(ms: number): void {
    if (ms > this.#lagMs) this.#lagMs = ms
  }

  /** The figures since the last reading. */
  read(): ProcessFigures {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, this.#before)
    const { heapUsed, rss } = process.memoryUsage()
    const lagMs = this.#lagMs
    this.#before = now
    this.#lagMs = 0
    return { loop: utilization, lagMs: Math.round(lagMs), heapBytes: heapUsed, heapLimitBytes: this.#heapLimitBytes, rssBytes: rss }
  }
}
