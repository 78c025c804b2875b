import type { ConsumerInfo, JetStreamManager, StreamConfig, StreamInfo } from '@nats-io/jetstream'
import { coded } from '@sluice/core/authoring'

/** Of what is written into the streams. Streams that another version has made are refused. */
const DESCRIPTION = 'sluice queue, format 1'
const CONSUMER_NOT_FOUND = 10_014
const STREAM_NOT_FOUND = 10_059
/** Somebody else has made it, otherwise, a moment ago. */
const IN_USE = new Set([10_058, 10_013, 10_148])
const NS_PER_MS = 1_000_000
const DEFAULTS = { leaseMs: 30_000, dedupMs: 120_000, maxLeased: 10_000, replicas: 1 } as const

/** What a queue was given; what is not given is as the streams have it, or else a default. */
export interface StoreOptions {
  readonly capacity: number | undefined
  readonly leaseMs: number | undefined
  readonly dedupMs: number | undefined
  readonly maxLeased: number | undefined
  readonly replicas: number | undefined
}

/** The names of the streams of one queue, and of their subjects. */
export interface StoreNames {
  readonly items: string
  readonly dead: string
  readonly facts: string
  readonly consumer: string
  readonly itemSubject: string
  readonly deadSubject: string
  readonly sealSubject: string
}

/** As the streams are. */
export interface StoreState {
  readonly capacity: number
  readonly leaseMs: number
  readonly dedupMs: number
  readonly replicas: number
}

/** A queue `a_dead` is not in the way of the dead letters of `a`: what it is comes first. */
export function storeNames(queue: string): StoreNames {
  return {
    items: `sluice_items_${queue}`, dead: `sluice_dead_${queue}`, facts: `sluice_facts_${queue}`, consumer: 'takers',
    itemSubject: `sluice.items.${queue}`, deadSubject: `sluice.dead.${queue}`, sealSubject: `sluice.facts.${queue}.sealed`,
  }
}

/** True where the server says that there is no such stream or consumer. */
export function isMissing(error: unknown): boolean {
  const { code } = (error ?? {}) as { readonly code?: unknown }
  return code === CONSUMER_NOT_FOUND || code === STREAM_NOT_FOUND
}

/**
 * Makes the streams and the consumer of a queue where there are none.
 *
 * ```text
 *   sluice_items_NAME   a work queue: an item is gone when it is acknowledged; discard new and max_msgs are the bound
 *     takers            its one consumer, shared by all processes
 *   sluice_dead_NAME    dead letters, by the order in which they died
 *   sluice_facts_NAME   one message: the sequence of the last item when the queue was sealed
 * ```
 *
 * @throws Error where they are of another version, or are not as this program says.
 */
export async function makeStores(owner: string, manager: JetStreamManager, names: StoreNames, given: StoreOptions): Promise<StoreState> {
  const replicas = given.replicas ?? DEFAULTS.replicas
  const items = await made(
    () => manager.streams.info(names.items),
    () => manager.streams.add({
      name: names.items, subjects: [names.itemSubject], description: DESCRIPTION, retention: 'workqueue', discard: 'new', storage: 'file', num_replicas: replicas,
      max_msgs: given.capacity ?? -1, duplicate_window: (given.dedupMs ?? DEFAULTS.dedupMs) * NS_PER_MS,
    }))
  const state = stateOf(items)
  agree(owner, names.items, [
    ['description', items.config.description, DESCRIPTION], ['retention', items.config.retention, 'workqueue'], ['discard', items.config.discard, 'new'],
    ['max_msgs', items.config.max_msgs, given.capacity], ['duplicate_window in ms', state.dedupMs, given.dedupMs], ['num_replicas', state.replicas, given.replicas],
  ])
  const beside = { description: DESCRIPTION, retention: 'limits', storage: 'file', num_replicas: state.replicas } as const
  for (const config of [
    { ...beside, name: names.dead, subjects: [names.deadSubject], discard: 'new' },
    { ...beside, name: names.facts, subjects: [names.sealSubject], discard: 'old', max_msgs_per_subject: 1 },
  ]) {
    const { config: found } = await made(() => manager.streams.info(config.name), () => manager.streams.add(config as Partial<StreamConfig> & { name: string }))
    agree(owner, config.name, [['description', found.description, DESCRIPTION]])
  }
  const { config } = await made<ConsumerInfo>(
    () => manager.consumers.info(names.items, names.consumer),
    () => manager.consumers.add(names.items, {
      durable_name: names.consumer, ack_policy: 'explicit', deliver_policy: 'all', max_deliver: -1,
      ack_wait: (given.leaseMs ?? DEFAULTS.leaseMs) * NS_PER_MS, max_ack_pending: given.maxLeased ?? DEFAULTS.maxLeased,
    }))
  const leaseMs = (config.ack_wait ?? 0) / NS_PER_MS
  agree(owner, `consumer ${names.consumer} of ${names.items}`, [['ack_wait in ms', leaseMs, given.leaseMs], ['max_ack_pending', config.max_ack_pending, given.maxLeased]])
  return { ...state, leaseMs }
}

function stateOf({ config }: StreamInfo): Omit<StoreState, 'leaseMs'> {
  return { capacity: config.max_msgs < 0 ? Infinity : config.max_msgs, dedupMs: config.duplicate_window / NS_PER_MS, replicas: config.num_replicas }
}

/** What is there, or else is made; several processes may begin at once. */
async function made<I>(look: () => Promise<I>, make: () => Promise<I>): Promise<I> {
  try {
    return await look()
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  try {
    return await make()
  } catch (error) {
    if (IN_USE.has((error as { readonly code: number }).code)) return look()
    throw error
  }
}

/** Each with what there is, and what is wanted; undefined wants nothing. */
function agree(owner: string, where: string, settings: readonly (readonly [what: string, has: string | number | undefined, wants: string | number | undefined])[]): void {
  for (const [what, has, wants] of settings) {
    if (wants === undefined || has === wants) continue
    throw coded('SLUICE_NATS', new Error(`${owner}: ${where} has ${what} ${String(has)}, and this program asks for ${String(wants)}. Change the option, or the stream with the tools of NATS`))
  }
}
