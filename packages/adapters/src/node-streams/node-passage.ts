import type { Duplex } from 'node:stream'
import { type Outcome } from '@sluice/core'
import {
  DONE, Feed, PENDING, reasonOf, type Keeper, type Openable, type Puller, type Stage, type StageState, type Tickets,
} from '@sluice/core/authoring'
import { NodeReader } from './node-reader'
import { NodeWriter } from './node-writer'

/**
 * A Duplex inside a pipeline; see `throughNode` for the picture.
 *
 * Invariants: nothing is pulled before the consumer's first pull, nor while the duplex has no room; after `#fed` nothing
 * more is written; the first failure counts, and the end of the readable side is the end.
 */
export class NodePassage<A, B> implements Puller<B>, Keeper<A> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  /** What goes on in the other world is no wait for a stage of this run. */
  readonly #leave: () => void
  readonly #make: () => Duplex
  readonly #feed: Feed<A>
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
    this.#feed = new Feed<A>(stage, this, (wake) => stage.open(upstream, wake))
    // Values that come out are new ones: those that went in are settled when the duplex has dealt with them.
    this.tickets = this.#feed.tickets
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
      onRoom: () => { scheduler.dispatch(() => { this.#feed.goOn() }) },
      // One that has ended its readable side is done, and may refuse what is still written to it.
      onFailure: (error) => { if (this.#fed || this.#reader?.over !== true) this.#fail(error) },
    })
    this.#feed.start()
    return new NodeReader<B>(duplex, this.#stage, (failure) => {
      if (failure) this.#fail(failure.error)
      else this.#stage.wake()
    })
  }

  room(): number | StageState {
    if (this.#failed || this.#reader?.over === true) return 'idle'
    return this.#writer?.room || this.#feed.rest()
  }

  take(values: readonly A[], count: number, tickets: Tickets | null | undefined): boolean {
    for (let i = 0; i < count && !this.#failed; i++) {
      try {
        this.#writer?.write(values[i] as A, tickets?.[i])
      } catch (error) {
        this.#fail(error, values[i])
      }
    }
    return false
  }

  /** Upstream has ended: the duplex is told, and has to finish too. */
  ended(): void {
    this.#fed = true
    this.#writer?.end().then(
      () => {
        this.#finished = true
        this.#stage.wake()
      },
      // The writer has told of it already.
      () => {},
    )
  }

  /** After the end of upstream all that is to come is made by the duplex. */
  turned(state: StageState): StageState {
    return this.#fed && state === 'idle' ? 'busy' : state
  }

  #fail(error: unknown, item?: unknown): void {
    if (this.#failed) return
    this.#failed = true
    this.#stage.fail(error, item)
  }
}
