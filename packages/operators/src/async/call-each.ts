import { type Operator } from '@sluice/core'
import { asyncOperator, Rehearsal } from '@sluice/core/authoring'
import { AtOnce } from './at-once'
import { Call } from './call'
import { checkCallOptions, type CallContext, type MapAsyncOptions } from './call-options'
import { CallsInFlight } from './calls-in-flight'
import type { Emits } from './calls-plan'

const rehearsal = /* @__PURE__ */ new Rehearsal(() => callEach('mapAsync', stayOut, { concurrency: 2 }, { ordered: true, emits: 'result' }), 16)

/** The last call stays out, or no object of the kind would be left. An asynchronous function is never inlined, so this one may be called. */
async function stayOut(value: number): Promise<number> {
  return value > 1 ? value : new Promise<never>(() => {})
}

/** In which order results come, and what of a call is handed on. */
export interface Delivery {
  readonly ordered: boolean
  readonly emits: Emits
}

/**
 * Checks options, and makes the operator that calls a function for each value as soon as it is read.
 *
 * @param role how the operator calls its function, where that is no `call`.
 */
export function callEach<A, B>(
  owner: string,
  work: (item: A, context: CallContext) => unknown,
  given: MapAsyncOptions<A>,
  { ordered, emits }: Delivery,
  role = 'call',
): Operator<A, B> {
  rehearsal.later()
  const options = checkCallOptions(owner, work, given, role)
  const { capacity: beside, limit } = options
  return asyncOperator<A, B>(options.name, (upstream, stage) => new CallsInFlight<A, B>(upstream, stage, {
    work: work as (item: A) => B, options, beside, ordered, emits, call: Call,
    admission: (calls) => new AtOnce(calls, beside, limit !== undefined),
  }))
}
