import { DONE } from '../contract/answers'
import type { Outcome } from '../contract/outcome'
import type { Puller } from '../contract/puller'

/** What an upstream is told that was not at its end when its consumer wanted no more. */
export const CONSUMER_DONE: Outcome = { status: 'cancelled', reason: undefined }

/** What a source is told that is to end early because the run is being stopped. */
export const HALTED: Outcome = { status: 'cancelled', reason: undefined }

/** The pull of what has ended. */
export const nothing = (): number => DONE

/** What stands in a stage before it was started. */
export const NOTHING: Puller<never> = { pull: nothing }
