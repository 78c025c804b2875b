import type { JointMeasure, QueueProbe } from '../contract/stage'
import type { JointStats } from '../contract/stage-stats'

/** The most values that a queue was seen to hold which does not tell by itself. */
const seen = /* @__PURE__ */ new WeakMap<QueueProbe, number>()

/**
 * The figures of a queue, as plain JSON.
 *
 * @param measure undefined where the queue cannot be measured: then only what its probe shows is known.
 */
export function describeQueue(queue: QueueProbe, measure: JointMeasure | undefined): JointStats {
  const { size, capacity, weight = 0, maxWeight } = queue
  const figures = measure?.read()
  if (figures === undefined) seen.set(queue, Math.max(size, seen.get(queue) ?? 0))
  return {
    size, capacity: finite(capacity),
    weight: maxWeight === undefined ? null : weight,
    maxWeight: maxWeight === undefined ? null : finite(maxWeight),
    highWater: figures?.highWater ?? seen.get(queue) ?? size,
    fullMs: figures?.fullMs ?? null,
    emptyMs: figures?.emptyMs ?? null,
    oldestMs: figures?.oldestMs ?? null,
    bursts: figures?.bursts ?? null,
  }
}

/** JSON has no infinity: no bound is null. */
export function finite(bound: number): number | null {
  return bound === Infinity ? null : bound
}
