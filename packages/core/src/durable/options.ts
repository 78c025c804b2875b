import { OptionError } from '../errors'
import { whole, ms, words, fnAtOnce, maybeFnAtOnce, decision } from '../options/rules'
import { rule } from '../options/rules'
import type { OnError } from '../contract/supervision'
import { unmet, type Capabilities } from './capabilities'
import { jsonCodec, type Codec } from './codec'
import { CapabilityError } from './errors'
import type { DurableQueue } from './durable-queue'
import { Envelope } from './envelope'

/** Options of `durable`, `toDurable` and `fromDurable`. Each of them uses those that concern it. */
export interface DurableOptions<T> {
  /** The name of the joint: stays the same from program to program, since derived keys contain it. */
  readonly name: string
  /** Of the values, 0 to 255. An item of another version is a dead letter. Default 1. */
  readonly version?: number | undefined
  /** How values become bytes. Default: JSON, see `jsonCodec`. */
  readonly codec?: Codec<T> | undefined
  /** What the queue has to be able to do; checked when the pipeline is built, as far as it is known then, and when the queue is opened. */
  readonly needs?: Partial<Capabilities> | undefined
  /** How long an item is leased, in ms, where the queue leaves that to its consumers; renewed while the item is worked on. Default: as the queue says. */
  readonly leaseMs?: number | undefined
  /** Items that are held at most: leased, and not dealt with. Default 1,000. A batch behind the joint has to be smaller. */
  readonly hold?: number | undefined
  /** An item that has failed so often is a dead letter. Default 5. */
  readonly maxAttempts?: number | undefined
  /** How long an item that has failed waits, in ms, by its attempts: 1 after the first. Default: 1 s, doubled each time, at most a minute. */
  readonly retryMs?: ((attempt: number) => number) | undefined
  /** Items of one key keep their order. */
  readonly key?: ((value: T) => string) | undefined
  /** The lower, the sooner. Default 0. */
  readonly priority?: ((value: T) => number) | undefined
  /**
   * By which key a second put of the same value is absorbed: one that is made of the value, or `'derived'`: of the item that the value was made of, and
   * how many came before it from there. The stages between the two have to make the same of an item each time. Default: each put by itself.
   */
  readonly dedup?: 'derived' | ((value: T) => string) | undefined
  /**
   * `'sealed'`: the end comes when the producers are finished and the queue is empty; a sink seals the queue when its source has ended.
   * `'stopped'`: the source goes on until the run is stopped; a sink leaves the queue open. Default: `'sealed'` for `durable`, else `'stopped'`.
   */
  readonly until?: 'sealed' | 'stopped' | undefined
  /** What becomes of a value that cannot be put, since it is too large or cannot be written. Default `'fail'`. */
  readonly onError?: OnError<T> | undefined
}

const isCodec = (value: unknown): boolean => typeof (value as Codec<unknown> | null)?.encode === 'function' && typeof (value as Codec<unknown>).decode === 'function'
const isQueue = (value: unknown): boolean => (['open', 'put', 'take', 'settle', 'stats', 'seal', 'close'] as const).every((verb) => typeof (value as Partial<DurableQueue> | null)?.[verb] === 'function')

/** A durable queue, as an argument. */
export const queueRule = () => rule<DurableQueue>('a durable queue, such as sqliteQueue(file)', isQueue)

/** The rules of the options, by the joint that takes them. */
export function durableRules(until: 'sealed' | 'stopped') {
  return {
    version: whole(0, 255).or(1), codec: rule<Codec<never>>('an object with encode and decode', isCodec).maybe(),
    needs: rule<Partial<Capabilities>>('an object of capabilities', (value) => typeof value === 'object' && value !== null).or({}),
    leaseMs: ms(1).maybe(), hold: whole().or(1000), maxAttempts: whole().or(5), retryMs: maybeFnAtOnce, key: maybeFnAtOnce, priority: maybeFnAtOnce,
    dedup: rule<'derived' | ((value: never) => string)>("'derived' or a function that answers a key at once", (value) => value === 'derived' || fnAtOnce.test(value)).maybe(),
    until: words('sealed', 'stopped').or(until), onError: decision,
  }
}

/** What a joint was given, checked. */
export interface Joined<T> {
  readonly owner: string
  readonly queue: DurableQueue
  readonly name: string
  readonly version: number
  readonly envelope: Envelope<T>
  readonly needs: readonly Need[]
  readonly leaseMs: number | undefined
  readonly hold: number
  readonly maxAttempts: number
  readonly retryMs: (attempt: number) => number
  readonly key: ((value: T) => string) | undefined
  readonly priority: ((value: T) => number) | undefined
  readonly dedup: 'derived' | ((value: T) => string) | undefined
  readonly until: 'sealed' | 'stopped'
  readonly onError: OnError<T> | undefined
}

/** What the queue has to be able to do, and why. */
interface Need {
  readonly why: string
  readonly needs: Partial<Capabilities>
}

const LONGEST_RETRY_MS = 60_000

/**
 * What a joint needs of its queue, checked as far as it is known before it is opened.
 *
 * @param given what the declaration has read.
 * @throws CapabilityError for what the queue is known not to have; OptionError where there is no name.
 */
export function joined<T>(owner: string, queue: DurableQueue, options: DurableOptions<T>, given: Omit<Joined<T>, 'owner' | 'queue' | 'envelope' | 'needs' | 'retryMs'> & { readonly codec: Codec<never> | undefined; readonly needs: Partial<Capabilities>; readonly retryMs: ((...args: never[]) => unknown) | undefined }): Joined<T> {
  if (typeof (options as Partial<DurableOptions<T>> | undefined)?.name !== 'string' || options.name === '') throw new OptionError(owner, 'name', (options as unknown as { name?: unknown } | undefined)?.name, 'a text that stays the same from program to program')
  const needs: Need[] = [{ why: "the option 'needs'", needs: given.needs }]
  if (options.priority !== undefined) needs.push({ why: "the option 'priority'", needs: { priority: true } })
  if (options.key !== undefined) needs.push({ why: "the option 'key'", needs: { order: 'per-key' } })
  if (options.dedup !== undefined) needs.push({ why: "the option 'dedup'", needs: { dedupMs: 1 } })
  if (options.maxAttempts !== undefined) needs.push({ why: "the option 'maxAttempts'", needs: { attempts: 'deliveries' } })
  const made: Joined<T> = {
    ...given, owner, queue, name: options.name, needs,
    envelope: new Envelope<T>((given.codec as Codec<T> | undefined) ?? jsonCodec<T>(), given.version),
    retryMs: options.retryMs ?? ((attempt) => Math.min(LONGEST_RETRY_MS, 1000 * 2 ** (attempt - 1))),
  }
  if (queue.known !== undefined) checkNeeds(made, queue.known)
  return made
}

/** What of a joint the opening of its queue needs to know. */
export type Opened = Pick<Joined<unknown>, 'owner' | 'queue' | 'needs'>

/** @throws CapabilityError for what the queue has not. */
export function checkNeeds({ owner, queue, needs }: Opened, has: Partial<Capabilities>): void {
  for (const { why, needs: needed } of needs) {
    const missing = unmet(needed, has)
    if (missing) throw new CapabilityError(owner, queue.name, missing.what, missing.needs, missing.has, why)
  }
}
