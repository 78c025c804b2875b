import { systemClock } from '../time/clock'
import { declare } from '../options/declare'
import { filledText, fn, fnAtOnce, ms, rule, whole } from '../options/rules'
import { jsonCodec, type Codec } from './codec'
import { messageOf } from '../foreign/print-value'
import { coded } from '../foreign/coded'
import { SharedCalls } from './shared-calls'
import type { StateStore } from './state-store'

/** Options of {@link remember}. */
export interface RememberOptions<A, B> {
  /** By which a call is known again: the same for the same work. Hand it on to the service as its idempotency key. */
  readonly key: (argument: A) => string
  readonly store: StateStore
  /** For how long a result is remembered, in ms. */
  readonly ttlMs: number
  /** Another one forgets all results. Default 1. */
  readonly version?: number | undefined
  /** How long a call may take, in ms, before another process takes it for dead and calls as well. Default 60,000. */
  readonly claimMs?: number | undefined
  /** How results become bytes. Default: JSON. */
  readonly codec?: Codec<B> | undefined
}

const isStore = (value: unknown): boolean => typeof (value as Partial<StateStore> | null)?.read === 'function' && typeof (value as Partial<StateStore>).write === 'function'
/** A store of state, as an option. */
export const storeRule = () => rule<StateStore>('a store such as sqliteState(file)', isStore)

const REMEMBER = /* @__PURE__ */ declare('remember', () => ({
  args: { label: filledText('a name that stays the same from program to program'), f: fn },
  options: { key: fnAtOnce, store: storeRule(), ttlMs: ms(1), version: whole(0).or(1), claimMs: ms(1).or(60_000), codec: rule<Codec<never>>('an object with encode and decode', (value) => typeof value === 'object' && value !== null).maybe() },
}))

/** A call is under way; what follows it in the store is a result. */
const CLAIMED = 0
const DONE = 1
/** How often somebody who waits for the call of another process looks, in ms. */
const LOOK_MS = 100

/**
 * A function whose results are kept: a restart, a retry or a redeploy does not pay again for a call that was made.
 *
 * The first caller of a key claims the key, calls, and keeps the result; others, of this process and of others, wait for it. An error is not kept, and frees
 * the claim. Between the call and the keeping of its result a crash may come: then the call is made once more, after `claimMs`. So it is made at least
 * once, and a service that knows idempotency keys is given `key(argument)`.
 *
 * @param name of the function: the keys of two names have nothing to do with each other.
 * @param f is called with the argument and a signal.
 * @param options `key`, `store`, `ttlMs`; `version` (default 1), `claimMs` (default 60,000), `codec` (default JSON).
 * @returns the function: `(argument, signal?)`. It rejects with what `f` or the store rejects with, and with the signal's reason when that is aborted. `f` is aborted when nobody waits for it any more.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * import { from, mapAsync, toArray } from 'sluice'
 * import { remember, type StateStore } from '@sluice/core/durable'
 *
 * const described = (store: StateStore, ask: (url: string) => Promise<string>) => {
 *   const describe = remember('describe', ask, { key: (url) => url, store, ttlMs: 30 * 86_400_000 })
 *   return from(['a.png', 'b.png']).pipe(mapAsync((url) => describe(url), { concurrency: 4 })).to(toArray())
 * }
 * ```
 */
export function remember<A, B>(name: string, f: (argument: A, signal: AbortSignal) => Promise<B>, options: RememberOptions<A, B>): (argument: A, signal?: AbortSignal) => Promise<B> {
  const { version, claimMs } = REMEMBER.read(options, { label: name, f })
  const { store, key: keyOf, ttlMs, codec = jsonCodec<B>() } = options
  const running = new SharedCalls<B>()

  const make = async (key: string, revision: number, argument: A, signal: AbortSignal): Promise<B> => {
    try {
      const result = await f(argument, signal)
      await store.write([{ key, value: marked(DONE, codec.encode(result)), ttlMs }])
      return result
    } catch (error) {
      // Somebody else may try at once. Where that fails as well, the claim ends by its time.
      await store.write([{ key, onlyIf: revision }]).catch(() => false)
      throw error
    }
  }

  const find = async (key: string, argument: A, signal: AbortSignal): Promise<B> => {
    for (;;) {
      signal.throwIfAborted()
      const found = await store.read(key)
      if (found?.value[0] === DONE) return decoded(codec, found.value.subarray(1), name, key)
      if (found === undefined && (await store.write([{ key, value: marked(CLAIMED, new Uint8Array()), ttlMs: claimMs, onlyIf: 0 }]))) {
        return make(key, (await store.read(key))?.revision ?? 0, argument, signal)
      }
      await new Promise<void>((resolve) => { systemClock.after(LOOK_MS, resolve) })
    }
  }

  return async (argument, signal) => {
    const key = `remember/${name}/${version}/${keyOf(argument)}`
    return running.of(key, signal, (whileWaited) => find(key, argument, whileWaited))
  }
}

function marked(mark: number, body: Uint8Array): Uint8Array {
  const value = new Uint8Array(body.length + 1)
  value[0] = mark
  value.set(body, 1)
  return value
}

function decoded<B>(codec: Codec<B>, body: Uint8Array, name: string, key: string): B {
  try {
    return codec.decode(body)
  } catch (error) {
    throw coded('SLUICE_POISON', new Error(`remember '${name}': the result under ${key} cannot be read: ${messageOf(error)}. Another version forgets it`, { cause: error }))
  }
}
