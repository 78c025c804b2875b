import { type Sink } from '@sluice/core'
import { sink, wholeNumber } from '@sluice/core/authoring'
import { SocketIntake } from './socket-intake'
import { checkSocket, type WebSocketLike } from './web-socket'

/** Options of {@link toWebSocket}; the words are those of `pipeTo`. */
export interface ToWebSocketOptions {
  /** Bytes that may wait in the socket's own buffer; above that nothing is sent. Default 1 Mi. */
  readonly maxBufferedAmount?: number | undefined
  /** How often to look, in ms on the run's clock, whether they have left: no event tells. Default 10. */
  readonly pollMs?: number | undefined
  /** Leave the connection open when the source completes. Default false: it is closed with code 1000. */
  readonly preventClose?: boolean | undefined
  /** Leave it open when the run fails or is aborted. Default false: it is closed with code 4000, so the other side knows. */
  readonly preventAbort?: boolean | undefined
}

/**
 * Sends each value as a message of a WebSocket; the result is how many.
 *
 * - **holds back** while it is connecting, and while more than `maxBufferedAmount` bytes wait in the socket's buffer; one
 *   value may go beyond it
 * - **on completion** waits until the buffer is empty, then closes the connection and waits for the other side's answer
 * - **on failure**: an `error` of the socket, or a close by the other side (a WebSocketClosedError), fails the run
 * - **on abort** sends nothing more and closes the connection; what waits in the buffer of one of `ws` is given up
 *
 * Sent is not received: a close with code 1000 is the only receipt a WebSocket has.
 *
 * @param socket of any make; it may be connecting still.
 * @param options `maxBufferedAmount` (bytes), `pollMs`, `preventClose`, `preventAbort`.
 * @throws OptionError where an option is wrong, or `socket` is none.
 *
 * @example
 * ```ts
 * const socket = new WebSocket('wss://example.org/log')
 * await from(['a', 'b']).to(toWebSocket(socket, { maxBufferedAmount: 65_536 })).run() // 2
 * ```
 */
export function toWebSocket<T = string>(socket: WebSocketLike, options: ToWebSocketOptions = {}): Sink<T, number> {
  checkSocket('toWebSocket', socket)
  const { preventClose = false, preventAbort = false } = options
  const maxBufferedAmount = wholeNumber('toWebSocket', 'maxBufferedAmount', options.maxBufferedAmount ?? 1024 * 1024, 0)
  const pollMs = wholeNumber('toWebSocket', 'pollMs', options.pollMs ?? 10)
  return sink<T, number>('toWebSocket', (stage) => new SocketIntake<T>(socket, stage, { maxBufferedAmount, pollMs, preventClose, preventAbort }))
}
