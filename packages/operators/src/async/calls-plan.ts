import type { Stage, Ticket } from '@sluice/core/authoring'
import type { Call, CallOwner } from './call'
import type { CallContext, CheckedCalls } from './call-options'
import type { Work } from './caller'
import type { CallsInFlight } from './calls-in-flight'

/** What of a call is handed on: its result, its item, or its item where the result is truthy. */
export type Emits = 'result' | 'item' | 'chosen item'

/** What one operator that makes calls does not share with the others. */
export interface CallsPlan<A, B, C extends Call<A, B> & CallContext = Call<A, B>> {
  readonly work: Work<A, B, C>
  readonly options: CheckedCalls<A>
  /** Values that may be held beside the running calls. */
  readonly beside: number
  /** Results come in the order of the values; else as the admission hands them on. */
  readonly ordered: boolean
  readonly emits: Emits
  readonly call: new (stage: Stage, owner: CallOwner<A, B>) => C
  readonly admission: (calls: CallsInFlight<A, B, C>) => Admission<A, C>
}

/** How values that were read become running calls: at once, or in the line of their key. */
export interface Admission<A, C> {
  /** Shown as the stage's: the most values there may be between upstream and consumer. */
  readonly capacity: number
  /** Starts what can be started now. Answers how many values may be read after that; below 1: none. */
  room(): number
  /** A value was read. */
  enter(item: A, ticket: Ticket | undefined): void
  /** A call has settled: to be handed on, when its turn has come. */
  settled(call: C): void
  /** A call of this key that was overdue, and has settled before, takes no place any more. */
  vacated(key: unknown): void
  /** The end: what stands in line is given back. */
  close(reason: unknown): void
}
