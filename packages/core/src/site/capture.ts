import { processWide } from '../copies/process-wide'
import { systemClock } from '../time/clock'
import { OptionError } from '../errors'
import { Site, stackAbove, type Above } from './site'

/** A program builds so many stages before there is anything to save on. */
const AT_FIRST = 1_000
/** After that, one stack is taken in each period of this length, in ms: about 1 % of the time of the process. */
const EVERY_MS = 0.5
/** Looks at the clock are saved on, too: one in so many stages that were not looked at. */
const LOOK_EVERY = 16

/** What has a place of its own, or none. */
interface Placed {
  readonly site?: Site | null | undefined
}

interface Capture {
  which: boolean | 'every'
  /** The stage that is at work: what is built meanwhile is built inside it. */
  inside: Placed | undefined
  left: number
  missed: number
  countedAt: number
}

/** Read and written by whatever runs a stage, in each turn: a field, and no call. */
export const capture: Capture = /* @__PURE__ */ processWide('sites', () => ({ which: true, inside: undefined, left: AT_FIRST, missed: 0, countedAt: 0 }))

/**
 * Where the program builds a stage.
 *
 * @param above the function of Sluice that asks.
 * @param called how many functions of Sluice called it.
 * @returns undefined for a stage that is built inside another one that has no place itself; null where places are not looked at.
 */
export function siteAbove(above: Above, called: number): Site | null | undefined {
  const { inside } = capture
  if (inside !== undefined) return inside.site?.inherited
  return mayLook() ? new Site(stackAbove(above), called) : null
}

/** A program that builds a pipeline for each request is not to pay for each of them. */
function mayLook(): boolean {
  if (capture.which !== true) return capture.which !== false
  if (capture.left < 1) {
    if (capture.missed++ % LOOK_EVERY !== 0) return false
    const now = systemClock.now()
    capture.left = Math.min(AT_FIRST, Math.floor((now - capture.countedAt) / EVERY_MS))
    if (capture.left < 1) return false
    capture.countedAt = now
  }
  capture.left--
  return true
}

/**
 * Whether stages note where they were built: `site` in failures, stats and graphs. On by default.
 *
 * A stage that is built while another one is at work, as the inner sources of `mergeMap` are, has the place of that one and costs
 * nothing. Each other one costs about 5 µs. A program that builds more than 1,000 of them at once, or 2,000 a second for long, has no
 * place for the rest: `'every'` looks at all of them, whatever that costs.
 *
 * @param which false turns it off for the process, for stages that are built from now on.
 * @returns what was set before.
 * @throws OptionError for anything else.
 *
 * @example
 * ```ts
 * import { captureSites } from '@sluice/core/authoring'
 *
 * const before = captureSites(false) // true
 * captureSites(before)
 * ```
 */
export function captureSites(which: boolean | 'every'): boolean | 'every' {
  const before = capture.which
  if (typeof which !== 'boolean' && (which as unknown) !== 'every') throw new OptionError('captureSites', 'which', which, "true, false or 'every'")
  capture.which = which
  return before
}

/** Nothing that `build` builds has a place, or is known by its name: what the library makes for itself. */
export function unseen<R>(build: () => R): R {
  const outer = capture.inside
  capture.inside = {}
  try {
    return build()
  } finally {
    capture.inside = outer
  }
}
