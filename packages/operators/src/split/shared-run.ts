import { Topic, type Run, type Source, type SubscribeOptions, type Subscription } from '@sluice/core'
import { declare, failedElsewhere, heldUp, PENDING, readsLive, sink, tell, type Stage } from '@sluice/core/authoring'

/** Readers do not tell what becomes of values. */
const SINK = /* @__PURE__ */ declare('share', () => ({}), { tickets: 'ended' })

/** What a {@link SharedRun} is made with. */
export interface SharedPlan<T> {
  readonly name: string
  readonly source: Source<T>
  readonly capacity: number
  readonly replay: number
  readonly startAt: number
}

/** A reader of a shared run. */
export interface Reader<T> {
  readonly subscription: Subscription<T>
  /** Nothing is read from the source for its sake alone once it is this far behind; undefined: it holds nobody. */
  readonly bound: number | undefined
  readonly stage: Stage
  /** How many values it waits for; 0 while it has some. */
  wanted: number
  /** Its run is being stopped. */
  stopped: boolean
}

/**
 * One run of a shared source: from its first reader to its last.
 *
 * ```text
 *                                      ┌─▶ subscription ─▶ reader's run
 *   source ─▶ … ─▶ sink ──publish──▶ topic ─▶ subscription ─▶ reader's run
 *                   ▲                             │
 *                   └────── wanted ───────────────┘
 * ```
 *
 * The sink asks for what the hungriest reader waits for, as far as the slowest that may hold the others has room: so
 * nothing is read for the topic's sake.
 */
export class SharedRun<T> {
  readonly #plan: SharedPlan<T>
  readonly #topic: Topic<T>
  readonly #readers = new Set<Reader<T>>()
  #run: Run<void> | undefined
  #sinkStage: Stage | undefined
  /** A reader waits, and another one has no room. */
  #stuck = false
  /** The readers were told of its failure. */
  #told = false

  constructor(plan: SharedPlan<T>, stage: Stage) {
    this.#plan = plan
    const { name, capacity, replay } = plan
    this.#topic = new Topic<T>({ name, capacity, replay, clock: stage.scope.clock })
  }

  get empty(): boolean {
    return this.#readers.size === 0
  }

  join(options: SubscribeOptions<T>, stage: Stage): Reader<T> {
    const { policy = 'wait', lag = this.#plan.capacity } = options
    const subscription = this.#topic.subscribe(options)
    const reader: Reader<T> = { subscription, bound: policy === 'wait' ? lag : undefined, stage, wanted: 0, stopped: false }
    this.#readers.add(reader)
    return reader
  }

  /** A reader waits for so many values. The first one that does starts the run. */
  want(reader: Reader<T>, count: number, stage: Stage): void {
    reader.wanted = count
    if (this.#run === undefined && this.#readers.size >= this.#plan.startAt) this.#start(stage)
    this.#sinkStage?.wake()
  }

  /** A reader has read: there may be room again for others that wait. */
  took(reader: Reader<T>): void {
    reader.wanted = 0
    // There is room before the shared run has its turn to see it: until then the run of the readers may be at rest.
    this.#noteHolders(false)
    if (this.#readers.size > 1) this.#sinkStage?.wake()
  }

  /** A reader leaves. With the last one the run ends; answers when it has. */
  leave(reader: Reader<T>): Promise<void> | undefined {
    if (!this.#readers.delete(reader)) return undefined
    reader.subscription.close()
    heldUp(reader.stage, undefined)
    // The others may have waited for this one.
    this.#noteHolders(false)
    this.#sinkStage?.wake()
    const run = this.#run
    if (run === undefined || !this.empty) return undefined
    return this.#end(run)
  }

  /** What it reads never ends by itself. */
  get live(): boolean {
    return this.#sinkStage !== undefined && readsLive(this.#sinkStage)
  }

  /** The source is being read, or has been. */
  get begun(): boolean {
    return this.#run !== undefined
  }

  /**
   * The runs of all its readers are being stopped: so is this one, and the readers read on until it has ended. False where
   * somebody else reads on.
   */
  stop(): boolean {
    for (const { stopped } of this.#readers) if (!stopped) return false
    // The runs of the readers have a deadline, and abort this one with it.
    void this.#run?.stop({ deadlineMs: Number.MAX_SAFE_INTEGER })
    return true
  }

  /** What a reader throws: where the source failed, its run tells as its own failure. */
  failure(error: unknown, stage: Stage): unknown {
    const failure = this.#run?.failure
    return failure && Object.is(failure.error, error) ? failedElsewhere(stage, failure) : error
  }

  #start(stage: Stage): void {
    const { clock, scheduler, random } = stage.scope
    const run = (this.#run = this.#plan.source.to(this.#sink()).run({ name: this.#plan.name, clock, scheduler, random }))
    // Its readers are told of how it ends, and the last one to leave hears of what went wrong after that.
    run.then(() => {}, () => {})
  }

  async #end(run: Run<void>): Promise<void> {
    await run.abort()
    if (run.status === 'failed' && !this.#told) throw run.failure?.error
  }

  #sink() {
    const topic = this.#topic
    return tell(sink<T, void>(this.#plan.name, (stage) => {
      this.#sinkStage = stage
      const publishRest = async (values: readonly T[]): Promise<void> => {
        for (const value of values) await topic.publish(value, { signal: stage.scope.signal })
      }
      return {
        demand: () => this.#room(),
        write(values, count) {
          for (let i = 0; i < count; i++) {
            // Only a reader that is about to be disconnected can be in the way.
            if (!topic.tryPublish(values[i] as T)) return publishRest(values.slice(i, count))
          }
        },
        end: () => {
          this.#noteHolders(false)
          topic.close()
        },
        abort: (reason) => {
          this.#noteHolders(false)
          this.#told = true
          topic.fail(reason)
        },
      }
    }), SINK, { name: this.#plan.name })
  }

  #room(): number {
    let wanted = 0
    let room = Infinity
    for (const { subscription, bound, wanted: count } of this.#readers) {
      const { size } = subscription
      if (size === 0) wanted = Math.max(wanted, count)
      if (bound !== undefined) room = Math.min(room, bound - size)
    }
    const count = Math.min(wanted, room)
    this.#noteHolders(wanted > 0 && count < 1)
    return count > 0 ? count : PENDING
  }

  /** Readers that wait for one of the same run to be read, as the branches of a zip do for each other. */
  #noteHolders(stuck: boolean): void {
    if (!stuck && !this.#stuck) return
    this.#stuck = stuck
    const full = [...this.#readers].filter(({ bound, subscription }) => bound !== undefined && bound <= subscription.size)
    for (const { stage, wanted, subscription } of this.#readers) {
      const waits = stuck && wanted > 0 && subscription.size === 0
      // A reader of another run may read on by itself.
      const holder = waits && full.every((other) => other.stage.scope === stage.scope) ? full[0] : undefined
      heldUp(stage, holder?.stage)
    }
  }
}
