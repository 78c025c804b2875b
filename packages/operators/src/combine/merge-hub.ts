import { ProtocolError, QueueClosedError, QueueFullError, type Pullable, type Source } from '@sluice/core'
import { declare, DONE, PENDING, type Puller, source, type Stage, tell, type Tickets, whole } from '@sluice/core/authoring'
import { HubInput, type Attachment, type HubDesk } from './hub-input'
import { sourceOf } from '../inputs/source-of'
import { RoundRobin } from '../inputs/round-robin'

const MERGE_HUB = /* @__PURE__ */ declare('MergeHub', () => ({ options: { maxSources: whole().or(256) } }), { order: 'changed' })

/** Options of {@link MergeHub}. */
export interface MergeHubOptions {
  /** Sources attached at once, 1 or more. One more is refused with a QueueFullError. Default 256. */
  readonly maxSources?: number | undefined
  /** Shown in failures, stats and the graph. Default `'mergeHub'`. */
  readonly name?: string | undefined
}

/**
 * A `merge` to which sources can be attached while the run is going on.
 *
 * ```text
 *   attach(a) ─┐
 *   attach(b) ─┼─ in turns ─▶ source ─▶ one run
 *   attach(c) ─┘
 * ```
 *
 * - **emits** the values of the attached sources as they come; those that always have values take turns
 * - **holds back** every attached source when downstream does. What is attached before the run waits for it
 * - **completes** when it was closed and all attached sources have ended. A stop of the run closes it
 * - **buffers** nothing: at most `maxSources` sources stand where they are until it is their turn
 * - **on failure** of an attached source, its `done` rejects; the others and the run go on
 * - **on abort** all attached sources are closed, and each `done` rejects with a QueueClosedError
 *
 * A hub serves one run. Tickets of attached sources are handed on: what they gave is acknowledged when it was dealt with.
 *
 * @example
 * ```ts
 * import { count, MergeHub } from 'sluice'
 *
 * const hub = new MergeHub<number>({ maxSources: 10 })
 * const run = hub.source.to(count()).run()
 * const { done } = hub.attach([1, 2, 3])
 * hub.attach([4, 5])
 * await done
 * hub.close()
 * await run // 5
 * ```
 */
export class MergeHub<T> {
  /** What the attached sources give, for one run. */
  readonly source: Source<T>
  readonly #name: string
  readonly #maxSources: number
  /** Attached before there was a consumer. */
  readonly #early = new Set<HubInput<T>>()
  #desk: HubDesk<T> | undefined
  #closed = false
  #gone = false

  /**
   * @param options `maxSources` (default 256), `name`.
   * @throws OptionError where an option is wrong.
   */
  constructor(options?: MergeHubOptions) {
    const given = MERGE_HUB.read(options)
    const name = options?.name ?? 'mergeHub'
    this.#maxSources = given.maxSources
    this.#name = name
    this.source = tell(source<T>(name, (stage) => this.#open(stage)), MERGE_HUB, { ...given, name })
  }

  /** Sources attached that have not ended. */
  get size(): number {
    return (this.#desk?.turns.members ?? this.#early).size
  }

  /** True when no further source can be attached. */
  get closed(): boolean {
    return this.#closed || this.#gone
  }

  /**
   * Attaches a source; runs nothing of it in the call.
   *
   * @param input anything `from` takes.
   * @throws QueueClosedError when the hub was closed or its consumer has gone; QueueFullError when `maxSources` are attached;
   * OptionError where `input` is nothing `from` takes.
   */
  attach(input: Pullable<T>): Attachment {
    const checked = sourceOf(this.#name, 'input', input)
    if (this.closed) throw new QueueClosedError(`${this.#name}: ${this.#closed ? 'it was closed' : 'its consumer has gone'}`)
    if (this.size >= this.#maxSources) throw new QueueFullError(`${this.#name}: ${this.#maxSources} sources are attached`)
    const attached = new HubInput<T>(this.#name, checked, (ended) => this.#early.delete(ended))
    if (this.#desk) {
      attached.join(this.#desk)
      this.#desk.stage.wake()
    } else {
      this.#early.add(attached)
    }
    return attached
  }

  /** No further source: the hub ends when those attached have. */
  close(): void {
    this.#closed = true
    this.#desk?.stage.wake()
  }

  #open(stage: Stage): Puller<T> {
    if (this.#desk) throw new ProtocolError(`${this.#name}: a hub serves one run, and this one has had it`)
    const turns = new RoundRobin<T, HubInput<T>>(stage, this.#maxSources)
    // Whether a source gives tickets shows when it is opened, so there are always some.
    const tickets: Tickets = (turns.tickets = [])
    this.#desk = { stage, turns }
    for (const attached of this.#early) attached.join(this.#desk)
    this.#early.clear()
    return {
      tickets,
      pull: (into, limit) => {
        const written = turns.pull(into, 0, limit)
        if (written > 0) return written
        return this.#closed && turns.members.size === 0 ? DONE : PENDING
      },
      halt: () => {
        this.#closed = true
        return turns.members.size > 0
      },
      close: () => {
        this.#gone = true
        for (const attached of turns.members) attached.leave('its consumer has gone')
        turns.members.clear()
      },
    }
  }
}
