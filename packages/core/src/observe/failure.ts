import type { Failure } from '../contract/run'
import type { RunScope } from '../engine/run-scope'
import { printError, printValue } from '../foreign/print-value'
import { wayTo } from './places'
import { siteOf } from './site-of'

/** Tells a failure: where it began, on what, and the way from the source to there. */
export function describeFailure(
  scope: RunScope,
  error: unknown,
  redact: ((item: unknown) => unknown) | undefined,
): Failure {
  const origin = scope.failures.originOf(error)
  const path = origin?.elsewhere?.path ?? (origin ? wayTo(origin.stage).map(({ name }) => name) : [])
  let item = origin?.item
  try {
    if (redact && origin) item = redact(item)
  } catch (thrown) {
    // What must not be seen is not shown for that.
    item = undefined
    scope.failures.cameBeside(thrown)
  }
  const stage = path.at(-1) ?? scope.cleanups.ownerOf(error) ?? 'cleanup'
  const position = Math.max(0, path.length - 1)
  const attempt = origin?.attempt ?? 1
  return {
    stage, position, item, attempt, error, path,
    // Asked for later, it holds what came while the run was ending, too.
    get suppressed() {
      return [...scope.failures.beside, ...scope.cleanups.errors].filter((other) => !Object.is(other, error))
    },
    // Text is made of a stack when somebody asks.
    get site() {
      return origin === undefined ? null : origin.elsewhere ? origin.elsewhere.site : siteOf(origin.stage)
    },
    get message() {
      const tries = attempt > 1 ? `, attempt ${attempt}` : ''
      const on = item === undefined ? '' : ` on ${printValue(item)}`
      const at = this.site === null ? '' : ` (at ${this.site.replace(/^.*[\\/]/, '')})`
      return `${scope.name}: stage '${stage}' (position ${position}${tries}) failed${on}: ${printError(error)}${at}`
    },
  }
}
