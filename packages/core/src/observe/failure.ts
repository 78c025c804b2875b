import type { Failure } from '../contract/run'
import type { RunScope } from '../engine/run-scope'
import type { RunningStage } from '../engine/running-stage'

/** Tells a failure: where it began, on what, and the way from the source to there. */
export function describeFailure(
  scope: RunScope,
  error: unknown,
  redact: ((item: unknown) => unknown) | undefined,
): Failure {
  const origin = scope.originOf(error)
  const elsewhere = origin?.elsewhere
  const path = elsewhere?.path ?? (origin ? pathTo(origin.stage) : [])
  const item = redact && origin ? redact(origin.item) : origin?.item
  const stage = elsewhere?.stage ?? origin?.stage.name ?? 'cleanup'
  const attempt = origin?.attempt ?? 1
  const position = Math.max(0, path.length - 1)
  return {
    stage,
    position,
    item,
    attempt,
    error,
    suppressed: [...scope.beside, ...scope.cleanups.errors].filter((other) => other !== error),
    path,
    get message() {
      const tries = attempt > 1 ? `, attempt ${attempt}` : ''
      const on = item === undefined ? '' : ` on ${show(item)}`
      return `${scope.name}: stage '${stage}' (position ${position}${tries}) failed${on}: ${show(error)}`
    },
  }
}

/** Names from the furthest source down to `stage`. */
function pathTo(stage: RunningStage<unknown>): string[] {
  let longest: string[] = []
  for (const upstream of stage.feeder ? [...stage.upstreams, stage.feeder] : stage.upstreams) {
    const path = pathTo(upstream)
    if (path.length > longest.length) longest = path
  }
  return [...longest, stage.name]
}

function show(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`
  try {
    const text = typeof value === 'string' || (typeof value === 'object' && value !== null) ? JSON.stringify(value) : String(value)
    return text.length > 200 ? `${text.slice(0, 200)}…` : text
  } catch {
    return Object.prototype.toString.call(value)
  }
}
