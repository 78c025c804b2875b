import type { Duplex } from 'node:stream'
import { type Operator } from '@sluice/core'
import { asyncOperator, declare, described, fn } from '@sluice/core/authoring'
import { streamSupply } from './given-stream'
import { NodePassage } from './node-passage'

const THROUGH_NODE = /* @__PURE__ */ declare('throughNode', () => ({ args: { make: fn } }), { tickets: 'ended' })

/** Options of {@link throughNode}. */
export interface ThroughNodeOptions {
  readonly name?: string | undefined
}

/**
 * Sends the values through a Duplex or Transform of Node: compression, ciphers, parsers.
 *
 * ```text
 *   upstream ◀─pull─ pump ─write▶ [writable side │ readable side] ◀─read─ consumer
 *                     └ while there is room: write(), drain ┘
 * ```
 *
 * - **emits** what comes out of the readable side
 * - **holds back** on both sides: nothing is pulled while `write()` says no, nothing is read that nobody asked for
 * - **completes** when the readable side has ended and the writable one has finished; where the readable side ends before
 *   the source, the source is closed
 * - **buffers** nothing itself; the duplex holds at most the two `highWaterMark`s it was made with
 * - **on failure** of either side, what the duplex had put out is delivered first, then the error; so too for a failure of
 *   the source, with which the duplex is destroyed: what was still inside is lost
 * - **on abort** destroys it with the reason, and waits for its `close`
 *
 * In a tracked run a value is dealt with when the duplex has taken it in: what comes of it cannot be followed.
 *
 * @param make called once in each run, when the first value is wanted.
 * @param options `name`.
 * @throws OptionError where `make` is no function, or an option is wrong; the run fails with one where it makes no stream.
 *
 * @example
 * ```ts
 * const packed = from(['some ', 'text']).pipe(throughNode<string, Buffer>(() => createGzip()))
 * await packed.pipe(throughNode(() => createGunzip())).to(count()).run() // 1
 * ```
 */
export function throughNode<A = string | Uint8Array, B = Buffer>(make: () => Duplex, options: ThroughNodeOptions = {}): Operator<A, B> {
  const given = THROUGH_NODE.read(options, { make })
  const { get } = streamSupply<Duplex>('throughNode', 'make', make, 'read', 'write')
  return described(THROUGH_NODE, given, asyncOperator<A, B>(given.name, (upstream, stage) => new NodePassage<A, B>(upstream, stage, get)))
}
