import type { Duplex } from 'node:stream'
import { type Outcome } from '@sluice/core'
import {
  DONE, PENDING, reasonOf, type Openable, type Outlet, type Puller, type Stage, type StageState, type Tickets,
  type WakeableTask,
} from '@sluice/core/authoring'
import { NodeReader } from './node-reader'
import { NodeWriter } from './node-writer'

/**
 * A Duplex inside a pipeline; see `throughNode` for the picture.
 *
 * Invariants: nothing is pulled before the consumer's first pull, nor while the duplex has no room; after `#fed` nothing
 * more is written; the first failure counts, and the end of the readable side is the end.
 */
export class NodePassage<A, B> implements Puller<B> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  /** What goes on in the other world is no wait for a stage of this run. */
  readonly #leave: () => void
  readonly #make: () => Duplex
  readonly #upstream: Outlet<A>
  readonly #task: WakeableTask
  readonly #batch: A[] = []
  #reader: NodeReader<B> | undefined
  #writer: NodeWriter<A> | undefined
  /** Upstream has ended: the duplex was told, and has to finish too. */
  #fed = false
  #finished = false
  #failed = false

  constructor(upstream: Openable<A>, stage: Stage, make: () => Duplex) {
    this.#stage = stage
    this.#leave = stage.waitFor('external')
    this.#make = make
    this.#task = stage.task(() => this.#feed())
    this.#upstream = stage.open(upstream, this.#task.wake)
    // Values that come out are new ones: those that went in are settled when the duplex has dealt with them.
    this.tickets = this.#upstream.tickets ? [] : null
  }

  pull(into: B[], limit: number): number {
    const reader = (this.#reader ??= this.#begin())
    const count = reader.take(into, limit)
    if (count === 0) return this.#isOver(reader) ? DONE : PENDING
    if (this.tickets) for (let i = 0; i < count; i++) this.tickets[i] = undefined
    this.#stage.made(count)
    this.#stage.dry = reader.isDry && !this.#stage.failing
    return count
  }

  close(outcome: Outcome): unknown {
    this.#leave()
    this.#writer?.detach()
    return this.#reader?.destroy(reasonOf(outcome))
  }

  #isOver(reader: NodeReader<B>): boolean {
    return this.#stage.failing || (reader.over && (this.#finished || !this.#fed))
  }

  #begin(): NodeReader<B> {
    const duplex = this.#make()
    const { scheduler } = this.#stage.scope
    this.#writer = new NodeWriter<A>(duplex, this.#stage, {
      onRoom: () => { scheduler.dispatch(this.#task.wake) },
      // One that has ended its readable side is done, and may refuse what is still written to it.
      onFailure: (error) => { if (this.#fed || this.#reader?.over !== true) this.#fail(error) },
    })
    this.#task.wake()
    return new NodeReader<B>(duplex, this.#stage, (failure) => {
      if (failure) this.#fail(failure.error)
      else this.#stage.wake()
    })
  }

  #feed(): StageState {
    const { scheduler } = this.#stage.scope
    const writer = this.#writer
    while (writer !== undefined && !this.#fed && !this.#failed && this.#reader?.over !== true) {
      const { room } = writer
      if (room === 0) return 'backpressured'
      const count = this.#upstream.pull(this.#batch, Math.min(room, scheduler.batch))
      if (count === PENDING) return 'idle'
      if (count === DONE) {
        this.#finish(writer)
        // All that is to come is made by the duplex.
        return 'busy'
      }
      for (let i = 0; i < count; i++) {
        const value = this.#batch[i] as A
        this.#batch[i] = undefined as A
        try {
          writer.write(value, this.#upstream.tickets?.[i])
        } catch (error) {
          this.#fail(error, value)
          return 'idle'
        }
      }
      if (scheduler.spent(count)) {
        this.#task.wake()
        return 'busy'
      }
    }
    return 'idle'
  }

  #finish(writer: NodeWriter<A>): void {
    this.#fed = true
    writer.end().then(
      () => {
        this.#finished = true
        this.#stage.wake()
      },
      // The writer has told of it already.
      () => {},
    )
  }

  #fail(error: unknown, item?: unknown): void {
    if (this.#failed) return
    this.#failed = true
    this.#stage.fail(error, item)
  }
}
