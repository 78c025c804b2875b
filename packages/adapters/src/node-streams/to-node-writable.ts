import type { Writable } from 'node:stream'
import { type HandOverOptions, type Sink } from '@sluice/core'
import { declare, flagged, PENDING, sink, tell, type Intake, type Stage, type Tickets } from '@sluice/core/authoring'
import { streamSupply, type Given, type StreamSupply } from './given-stream'
import { NodeWriter } from './node-writer'

const TO_NODE_WRITABLE = /* @__PURE__ */ declare('toNodeWritable', () => ({ options: { preventClose: flagged, preventAbort: flagged } }), {})

/**
 * What becomes of the stream when the run ends; the words are those of `pipeTo`. `preventClose`: it is not ended, for
 * several runs into one stream. `preventAbort`: it is not destroyed when the run fails or is aborted. Default false, both.
 */
export type ToNodeWritableOptions = HandOverOptions

/**
 * Writes each value to a Node Writable; the result is how many.
 *
 * - **holds back** while the stream has no room: nothing is pulled after `write()` has answered false until its `drain`.
 *   What waits inside is bounded by the stream's `highWaterMark`; of bytes, one piece may exceed it
 * - **on completion** ends it, and waits for its `finish` and `close`; with `preventClose`, until all was written
 * - **on failure** destroys it with the original error; a stream that fails fails the run with its error, one that is closed
 *   early without any with ERR_STREAM_PREMATURE_CLOSE, one that was ended by somebody else with ERR_STREAM_WRITE_AFTER_END
 * - **on abort** destroys it with the reason, and waits for its `close`
 *
 * In a tracked run a value is dealt with when the stream has written it. `process.stdout` and `stderr` are never ended.
 *
 * @param writable a Writable or Duplex, for one run unless `preventClose`, or a function that makes one for each run.
 * @param options `preventClose`, `preventAbort`, `name`.
 * @throws OptionError where `writable` is neither, or an option is wrong.
 *
 * @example
 * ```ts
 * const upper = new PassThrough({ encoding: 'utf8' })
 * await from(['a', 'b']).to(toNodeWritable(upper)).run() // 2
 * ```
 */
export function toNodeWritable<T = string | Uint8Array>(writable: Given<Writable>, options: ToNodeWritableOptions = {}): Sink<T, number> {
  const supply = streamSupply('toNodeWritable', 'writable', writable, 'write')
  const given = TO_NODE_WRITABLE.read(options)
  return tell(sink<T, number>(given.name, (stage) => new WritableIntake<T>(supply, stage, given)), TO_NODE_WRITABLE, given)
}

class WritableIntake<T> implements Intake<T, number> {
  readonly settles = true
  readonly #supply: StreamSupply<Writable>
  readonly #stage: Stage
  readonly #options: ToNodeWritableOptions
  #writer: NodeWriter<T> | undefined
  #ending = false
  #written = 0

  constructor(supply: StreamSupply<Writable>, stage: Stage, options: ToNodeWritableOptions) {
    this.#supply = supply
    this.#stage = stage
    this.#options = options
    // It may fail before the first value, and an error that nobody listens for ends the process.
    if (!supply.own) this.#writer = this.#begin()
  }

  demand(): number {
    this.#writer ??= this.#begin()
    return this.#writer.room || PENDING
  }

  write(values: readonly T[], count: number, tickets: Tickets | null): void {
    const stage = this.#stage
    const writer = this.#writer as NodeWriter<T>
    for (let i = 0; i < count; i++) {
      stage.item = values[i]
      writer.write(values[i] as T, tickets?.[i])
    }
    stage.item = undefined
    this.#written += count
  }

  async end(): Promise<number> {
    const writer = (this.#writer ??= this.#begin())
    this.#ending = true
    const stays = this.#options.preventClose === true || this.#isStandard
    await (stays ? writer.flushed() : writer.end())
    writer.detach()
    return this.#written
  }

  abort(reason: unknown): Promise<void> | undefined {
    if (this.#options.preventAbort !== true && !this.#isStandard) return this.#writer?.destroy(reason)
    this.#writer?.detach()
    return undefined
  }

  /** As `pipe` has it: the process may still want to say something. */
  get #isStandard(): boolean {
    if (this.#supply.own) return false
    const stream: unknown = this.#supply.get()
    return stream === process.stdout || stream === process.stderr
  }

  #begin(): NodeWriter<T> {
    const stage = this.#stage
    return new NodeWriter<T>(this.#supply.get(), stage, {
      onRoom: () => { stage.scope.scheduler.dispatch(stage.wake) },
      onFailure: (error) => {
        // While it ends, whoever waits for that is told.
        if (!this.#ending) stage.fail(error)
      },
    })
  }
}
