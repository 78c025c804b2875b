import type { Readable } from 'node:stream'
import { ProtocolError, type Outcome, type Source } from '@sluice/core'
import { declare, DONE, flagged, PENDING, reasonOf, source, tell, type Puller, type Stage } from '@sluice/core/authoring'
import { streamSupply, type Given, type StreamSupply } from './given-stream'
import { NodeReader } from './node-reader'

const FROM_NODE = /* @__PURE__ */ declare('fromNode', () => ({ options: { preventCancel: flagged } }), {})

/** Options of {@link fromNode}. */
export interface FromNodeOptions {
  /**
   * Leave the stream as it is when the consumer wants no more, or the run fails or is aborted: what was not taken can
   * be read by somebody else. Default false: it is destroyed.
   */
  readonly preventCancel?: boolean | undefined
  readonly name?: string | undefined
}

/**
 * A source of what a Node Readable gives.
 *
 * - **emits** its objects in order; of a byte stream what is there, in Buffers (strings where it has an encoding)
 * - **holds back** by not reading: the stream then reads ahead as far as its own `highWaterMark`, and no further
 * - **completes** at its end, when it is closed
 * - **buffers** nothing
 * - **on failure** of the stream, what it had put out is delivered first, then its error; where it was closed early
 *   without one, ERR_STREAM_PREMATURE_CLOSE
 * - **on abort** destroys it with the reason, and waits for its `close`; so it does, without a reason, when the consumer
 *   wants no more
 *
 * @param readable a Readable or Duplex, or a function that makes one for each run. A stream that is given can be read once: a
 * second run, or try, fails, unless `preventCancel` lets it go on where the first has ended.
 * @param options `preventCancel` (default false), `name`.
 * @throws OptionError where `readable` is neither, or an option is wrong.
 *
 * @example
 * ```ts
 * await fromNode<number>(() => Readable.from([1, 2, 3])).to(toArray()).run() // [1, 2, 3]
 * ```
 */
export function fromNode<T = Buffer>(readable: Given<Readable>, options: FromNodeOptions = {}): Source<T> {
  const given = FROM_NODE.read(options)
  const { name, preventCancel } = given
  const supply = streamSupply('fromNode', 'readable', readable, 'read')
  let wasOpened = false
  return tell(source<T>(name, (stage) => {
    // It was read to its end, or destroyed: whoever tries again would take what is left for the whole.
    if (wasOpened && !supply.own && !preventCancel) throw new ProtocolError(`${name}: a stream can be read once; for several runs or tries, give a function that makes one`)
    wasOpened = true
    return new ReadablePuller<T>(supply, stage, preventCancel)
  }), FROM_NODE, given)
}

class ReadablePuller<T> implements Puller<T> {
  readonly #supply: StreamSupply<Readable>
  readonly #stage: Stage
  readonly #preventCancel: boolean
  #reader: NodeReader<T> | undefined

  constructor(supply: StreamSupply<Readable>, stage: Stage, preventCancel: boolean) {
    this.#supply = supply
    this.#stage = stage
    this.#preventCancel = preventCancel
    // It may fail before the first pull, and an error that nobody listens for ends the process.
    if (!supply.own) this.#reader = this.#begin()
  }

  pull(into: T[], limit: number): number {
    const reader = (this.#reader ??= this.#begin())
    const count = reader.take(into, limit)
    if (count === 0) return reader.over ? DONE : PENDING
    this.#stage.dry = reader.isDry
    return count
  }

  close(outcome: Outcome): unknown {
    const unwanted = outcome.status === 'completed' ? this.#supply.own : !this.#preventCancel
    if (unwanted) return this.#reader?.destroy(reasonOf(outcome))
    this.#reader?.detach()
    return undefined
  }

  #begin(): NodeReader<T> {
    return new NodeReader<T>(this.#supply.get(), this.#stage, (failure) => {
      if (failure) this.#stage.fail(failure.error)
      else this.#stage.wake()
    })
  }
}
