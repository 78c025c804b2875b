import type { CompositionEntry } from '@sluice/testing'
import { batches } from './batches'
import { calls } from './calls'
import { combine } from './combine'
import { observe } from './observe'
import { pace } from './pace'
import { recover } from './recover'
import { select } from './select'
import { split } from './split'
import { transform } from './transform'

export { digest, later, odd } from './numbers'

/**
 * The operators of Sluice in the law of wholes: `compositionLaw({ entries, fc })` of `@sluice/testing`. The plainest first,
 * because pipelines shrink towards them.
 */
export const entries: readonly CompositionEntry[] = [...transform, ...select, ...observe, ...batches, ...calls, ...pace, ...recover, ...combine, ...split]
