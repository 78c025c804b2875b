import type { Cap } from './caps'
import { capsOf } from './caps'
import type { Finding } from './diagnosis'
import { walksOf, type Walk } from './walk'
import type { Window } from './window'

/** All that verdicts are told by. */
export interface Evidence {
  readonly window: Window
  readonly walks: readonly Walk[]
  /** The surest way from a sink to a culprit; undefined where no sink has a clock. */
  readonly walk: Walk | undefined
  readonly caps: readonly Cap[]
}

/** One family of verdicts: looks at the evidence, and answers what it finds. */
export type Look = (evidence: Evidence) => Finding | readonly Finding[] | undefined

/** Follows all ways in a window. */
export function evidenceOf(window: Window): Evidence {
  const walks = walksOf(window)
  return { window, walks, walk: walks[0], caps: capsOf(window) }
}
