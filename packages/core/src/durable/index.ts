/*
 * Joints that outlive the process: queues on disk and in brokers.
 */
export type { AckedOptions } from './acked'
export { acked } from './acked'
export { bookmark, type BookmarkOptions } from './bookmark'
export type { Capabilities } from './capabilities'
export { jsonCodec, type Codec, type SchemaResult, type StandardSchema } from './codec'
export type { DeadItem, DeadItems } from './dead-letters'
export { durable } from './durable'
export type { DurableQueue, DurableStats, Lease, LeaseVerdict, PutItem, PutResult, Settlement } from './durable-queue'
export { AmbiguousPutError, CapabilityError, PoisonError, PutError } from './errors'
export { fromDurable } from './from-durable'
export type { Stored } from './letting-in'
export type { DurableOptions } from './options'
export { remember, type RememberOptions } from './remember'
export type { StateChange, StateStore, StoredState } from './state-store'
export { toDurable } from './to-durable'
