import type { Run } from '../../contract/run'
import type { Warning } from '../../contract/warning'
import { scopeOf } from '../run-stage'
import { BLOCKED_MS, Lookout } from './lookout'
import { isWatched, tellWatchers } from './watch-warnings'

type AnyRun = Run<unknown>

/** What the timers of the platforms differ in. */
interface Host {
  readonly console?: { warn?(line: string): void }
  readonly Deno?: { unrefTimer?(id: unknown): void }
}

/** What a warning needs of a run in which nothing can go on. */
interface DeadScope {
  readonly name: string
  readonly onWarning: ((warning: Warning) => void) | undefined
}

const EVERY_MS = 1000

/** Real timers, also where a test has put others in their places since. */
const { setInterval: every, clearInterval: stop } = globalThis

/** Runs that began since the last look: most runs are over before the next one, and cost no more than this. */
const young = /* @__PURE__ */ new Set<AnyRun>()
/** The others. Nobody is kept by being watched, and neither is a run by what its own `onWarning` holds. */
const old = /* @__PURE__ */ new Set<WeakRef<AnyRun>>()
const lookouts = /* @__PURE__ */ new WeakMap<AnyRun, Lookout>()
const tellers = /* @__PURE__ */ new WeakMap<AnyRun, (warning: Warning) => void>()
let timer: unknown

/**
 * A run has begun, and is looked at about each second.
 *
 * @param onWarning is told what should not be. Default: a line on the console.
 * @param byItself false for a run on a clock of its own: that one is looked at by {@link lookAt}, and when it ends.
 */
export function watchForWarnings(run: AnyRun, onWarning: ((warning: Warning) => void) | undefined, byItself: boolean): void {
  if (onWarning) tellers.set(run, onWarning)
  if (!byItself) return
  young.add(run)
  if (timer !== undefined) return
  timer = every(tick, EVERY_MS)
  const set = timer as { unref?(): unknown }
  if (set.unref) set.unref()
  else (globalThis as Host).Deno?.unrefTimer?.(timer)
}

/** A run has ended, after so long: one that was long enough for a warning is looked at once more. */
export function watchNoMore(run: AnyRun, elapsedMs: number): void {
  const wasYoung = young.delete(run)
  if (elapsedMs >= BLOCKED_MS && (wasYoung || lookouts.has(run) || tellers.has(run) || isWatched(scopeOf('lookAt', run)))) lookAt(run)
}

/**
 * Looks at a run now, as is done by itself about each second for runs on the clock of the platform. For runs on another clock.
 *
 * @example
 * ```ts
 * import { drain, interval } from 'sluice'
 * import { lookAt } from '@sluice/core/authoring'
 * import { VirtualClock } from '@sluice/testing'
 *
 * const clock = new VirtualClock()
 * const run = interval(10).to(drain()).run({ clock, onWarning: ({ message }) => { throw new Error(message) } })
 * await clock.advance(60_000)
 * lookAt(run) // all is well
 * await run.stop()
 * ```
 */
export function lookAt(run: AnyRun): void {
  safely(() => { lookoutOf(run).look(run.stats()) })
}

/** Nothing of the run of a scope can go on: it fails by that, and whoever wants to know is told. */
export function warnOfDeadlock(scope: DeadScope, stage: string, site: string | null, message: string): void {
  tell(scope, scope.onWarning, { kind: 'deadlock', run: scope.name, stage, site, message, figures: {} })
}

function lookoutOf(run: AnyRun): Lookout {
  const known = lookouts.get(run)
  if (known) return known
  const scope = scopeOf('lookAt', run)
  const own = tellers.get(run)
  const made = new Lookout((warning) => { tell(scope, own, warning) })
  lookouts.set(run, made)
  return made
}

/** Tells the run's own, or the console where nobody else wants to know, and those who watch. */
function tell(scope: object, own: ((warning: Warning) => void) | undefined, warning: Warning): void {
  const teller = own ?? (isWatched(scope) ? undefined : say)
  tellWatchers(scope, warning)
  if (teller) safely(() => { teller(warning) })
}

function tick(): void {
  for (const ref of old) {
    const run = ref.deref()
    if (run === undefined || hasEnded(run)) old.delete(ref)
    else lookAt(run)
  }
  for (const run of young) {
    // Made now, though it looks at the next tick: a run that ends before that is known by it, and looked at then.
    lookoutOf(run)
    old.add(new WeakRef(run))
  }
  young.clear()
  if (old.size > 0) return
  stop(timer as Parameters<typeof stop>[0])
  timer = undefined
}

function hasEnded({ status }: AnyRun): boolean {
  return status === 'completed' || status === 'failed' || status === 'aborted'
}

/** What a function of the user's throws here fails no run, and is not lost. */
function safely(look: () => void): void {
  try {
    look()
  } catch (error) {
    void Promise.reject(error)
  }
}

function say({ message }: Warning): void {
  (globalThis as Host).console?.warn?.(`sluice: ${message}`)
}
