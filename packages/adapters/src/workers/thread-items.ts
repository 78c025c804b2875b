import { TimeoutError } from '@sluice/core'
import { RingBuffer, type Call } from '@sluice/core/authoring'
import { errorText } from '../error-text'
import type { ItemFailure, ItemsMessage, ResultsMessage } from '../worker-thread/protocol'
import { unpackThrown } from '../worker-thread/thrown'
import { ThreadError } from './thread-error'
import type { WorkerLink } from './worker-link'
import type { CheckedWorkerOptions } from './worker-options'

/** Who is told what becomes of items. */
export interface ItemOwner<A, B> {
  resolved(call: Call<A, B>, value: B): void
  rejected(call: Call<A, B>, error: unknown): void
  /** The context of its function, as texts. */
  carriedBy(call: Call<A, B>): Readonly<Record<string, string>> | undefined
}

/**
 * Talking to a thread: items out, results in.
 *
 * ```text
 *   give ─▶ [outbox] ─send: a message for each `batch`─▶ [out] ─▶ thread
 *              └ cannot be sent ─▶ rejected                ▲ └ first in, first answered ─▶ resolved, rejected
 * ```
 *
 * Invariant: `out` holds what was sent and not answered, in the order it was sent.
 */
export class ThreadItems<A, B> {
  readonly out: RingBuffer<Call<A, B>>
  readonly #link: WorkerLink
  readonly #options: CheckedWorkerOptions<A>
  readonly #owner: ItemOwner<A, B>
  #outbox: Call<A, B>[] = []

  constructor(link: WorkerLink, options: CheckedWorkerOptions<A>, owner: ItemOwner<A, B>) {
    this.out = new RingBuffer(options.capacity)
    this.#link = link
    this.#options = options
    this.#owner = owner
  }

  get size(): number {
    return this.out.size + this.#outbox.length
  }

  give(call: Call<A, B>): void {
    this.#outbox.push(call)
  }

  /** Sends what it was given. */
  send(): void {
    const calls = this.#outbox
    this.#outbox = []
    const { batch } = this.#options
    for (let from = 0; from < calls.length; from += batch) {
      const part = calls.length <= batch ? calls : calls.slice(from, from + batch)
      if (!this.#post(part)) for (const call of part) this.#postAlone(call)
    }
  }

  /** Hands on what came of items. False where there are more results than items: somebody else answers there as well. */
  answer({ values, failures }: ResultsMessage): boolean {
    let nextFailure = 0
    for (let i = 0; i < values.length; i++) {
      const call = this.out.shift()
      if (call === undefined) return false
      const failure = failures?.[nextFailure]
      if (failure?.at === i) {
        nextFailure++
        this.#failed(call, failure)
      } else {
        this.#owner.resolved(call, values[i] as B)
      }
    }
    return true
  }

  /** Takes away all it has, but for `culprit`. */
  takeOthers(culprit: Call<A, B> | undefined): Call<A, B>[] {
    const others: Call<A, B>[] = []
    for (let call = this.out.shift(); call; call = this.out.shift()) if (call !== culprit) others.push(call)
    others.push(...this.#outbox)
    this.#outbox = []
    return others
  }

  /** False where something in it cannot be sent: then nothing was. */
  #post(calls: readonly Call<A, B>[]): boolean {
    const { transfer } = this.#options
    const items: A[] = []
    const lists: (readonly object[])[] = []
    let retried = false
    try {
      for (const call of calls) {
        items.push((call.item as A))
        if (transfer) lists.push(transfer((call.item as A)))
        retried ||= call.attempt > 1
      }
      this.#link.post({ sluice: 'items', items, attempts: retried ? calls.map(({ attempt }) => attempt) : undefined, contexts: this.#contextsOf(calls) }, lists.flat())
    } catch {
      return false
    }
    for (const [i, call] of calls.entries()) {
      if (transfer && (lists[i]?.length ?? 0) > 0) call.unrepeatable = true
      this.out.push(call)
    }
    return true
  }

  #postAlone(call: Call<A, B>): void {
    const { transfer, name } = this.#options
    let list: readonly object[]
    try {
      list = transfer?.((call.item as A)) ?? []
    } catch (error) {
      this.#owner.rejected(call, error)
      return
    }
    try {
      this.#link.post({ sluice: 'items', items: [call.item], attempts: [call.attempt], contexts: this.#contextsOf([call]) }, list)
    } catch (cause) {
      this.#owner.rejected(call, new ThreadError('item', `${name}: the item cannot be sent to a thread: ${errorText(cause)}`, { cause }))
      return
    }
    call.unrepeatable = list.length > 0
    this.out.push(call)
  }

  /** The contexts of items as texts; undefined where none has any. */
  #contextsOf(calls: readonly Call<A, B>[]): ItemsMessage['contexts'] {
    let contexts: (Readonly<Record<string, string>> | undefined)[] | undefined
    for (let i = 0; i < calls.length; i++) {
      const carried = this.#owner.carriedBy(calls[i] as Call<A, B>)
      if (carried) (contexts ??= Array<undefined>(calls.length).fill(undefined))[i] = carried
    }
    return contexts
  }

  #failed(call: Call<A, B>, failure: ItemFailure): void {
    const { name, timeoutMs } = this.#options
    if (failure.returned) {
      call.item = failure.returned.item as A
      call.unrepeatable = false
    }
    const thrown = failure.thrown && unpackThrown(failure.thrown)
    this.#owner.rejected(call, failure.kind === 'threw' ? thrown
      : failure.kind === 'timeout' ? new TimeoutError(`${name}: no result within ${timeoutMs} ms`)
        : new ThreadError('result', `${name}: the result cannot be sent back from its thread: ${errorText(thrown)}`, { cause: thrown }))
  }
}
