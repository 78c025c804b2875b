import { type Operator } from '@sluice/core'
import {
  asyncOperator, CallStage, FunctionCalls, Rehearsal, surrounded, type Calls, type CallMaker, type Emits, type Openable, type Stage,
} from '@sluice/core/authoring'
import { checkCallOptions, type CallContext, type CheckedCalls, type MapAsyncOptions } from './call-options'
import { GuardedCalls, type GuardedWork } from './guarded-calls'

const rehearsal = /* @__PURE__ */ new Rehearsal(() => callEach('mapAsync', stayOut, { concurrency: 2 }, { ordered: true, emits: 'result' }), 16)
const anyOrder = /* @__PURE__ */ new Rehearsal(() => callEach('mapAsyncUnordered', stayOut, { concurrency: 2 }, { ordered: false, emits: 'result' }), 16)

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
  ;(ordered ? rehearsal : anyOrder).later()
  const options = checkCallOptions(owner, work, given, role)
  // As many results as calls, where nobody has said how many.
  const follows = given.capacity === undefined && given.maxReorder === undefined
  const order = ordered ? 'entered' : 'settled'
  return asyncOperator<A, B>(options.name, (upstream: Openable<A>, stage: Stage) => new CallStage<A, B>(upstream, stage, {
    emits, order, tells: 'of failures', onError: options.onError,
    maker: (calls, wake) => callMaker(calls, stage, wake, work as GuardedWork<A, B>, options, options.capacity, true, follows),
  }))
}

/** How calls of a function are made: without what guards them where nothing of that was asked for. */
export function callMaker<A, B>(
  calls: Calls<A, B>, stage: Stage, wake: () => void, given: GuardedWork<A, B>,
  options: CheckedCalls<A>, beside: number, readsOne: boolean, follows: boolean,
): CallMaker<A, B> {
  const { limit, timeoutMs, adaptive, concurrency } = options
  const work = surrounded(stage, given)
  if (limit === undefined && timeoutMs === undefined && adaptive === undefined) return new FunctionCalls(calls, work, concurrency, beside, follows)
  return new GuardedCalls(calls, stage, wake, work, options, beside, readsOne, follows)
}
