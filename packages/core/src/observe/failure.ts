import type { Failure } from '../contract/run'
import type { RunScope } from '../engine/run-scope'
import { printError, printValue } from '../foreign/print-value'
import { wayTo } from './places'

/** Tells a failure: where it began, on what, and the way from the source to there. */
export function describeFailure(
  scope: RunScope,
  error: unknown,
  redact: ((item: unknown) => unknown) | undefined,
): Failure {
  const origin = scope.originOf(error)
  const path = origin?.path ?? (origin ? wayTo(origin.stage).map(({ name }) => name) : [])
  let item = origin?.item
  try {
    if (redact && origin) item = redact(item)
  } catch (thrown) {
    // What must not be seen is not shown for that.
    item = undefined
    scope.failedBeside(thrown)
  }
  const stage = path.at(-1) ?? 'cleanup'
  const position = Math.max(0, path.length - 1)
  const attempt = origin?.attempt ?? 1
  return {
    stage, position, item, attempt, error, path,
    // Asked for later, it holds what came while the run was ending, too.
    get suppressed() {
      return [...scope.beside, ...scope.cleanups.errors].filter((other) => other !== error)
    },
    get message() {
      const tries = attempt > 1 ? `, attempt ${attempt}` : ''
      const on = item === undefined ? '' : ` on ${printValue(item)}`
      return `${scope.name}: stage '${stage}' (position ${position}${tries}) failed${on}: ${printError(error)}`
    },
  }
}
