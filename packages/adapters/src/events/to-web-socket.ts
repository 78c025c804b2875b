import { type OnError, type Sink } from '@sluice/core'
import { decision, declare, flagged, ms, oneByOne, sink, tell, unlessOf, whole } from '@sluice/core/authoring'
import { SocketIntake } from './socket-intake'
import { webSocket, type WebSocketLike } from './web-socket'

const TO_WEB_SOCKET = /* @__PURE__ */ declare('toWebSocket', () => ({
  args: { socket: webSocket },
  options: { maxBufferedAmount: whole(0).or(1024 * 1024), pollMs: ms(1).or(10), preventClose: flagged, preventAbort: flagged, onError: decision },
}), { holds: 1 })

/** Options of {@link toWebSocket}; the words are those of `pipeTo`. */
export interface ToWebSocketOptions<T = never> {
  /** Bytes that may wait in the socket's own buffer; above that nothing is sent. Default 1 Mi. */
  readonly maxBufferedAmount?: number | undefined
  /** How often to look, in ms on the run's clock, whether they have left: no event tells. Default 10. */
  readonly pollMs?: number | undefined
  /** Leave the connection open when the source completes. Default false: it is closed with code 1000. */
  readonly preventClose?: boolean | undefined
  /** Leave it open when the run fails or is aborted. Default false: it is closed with code 4000, so the other side knows. */
  readonly preventAbort?: boolean | undefined
  /** What becomes of a value that cannot be sent; the others are. What goes wrong with the connection fails the run. Default: a value fails it, too. */
  readonly onError?: OnError<T> | undefined
  /** Shown in failures, stats and the graph. Default `'toWebSocket'`. */
  readonly name?: string | undefined
}

/**
 * Sends each value as a message of a WebSocket; the result is how many.
 *
 * - **holds back** while it is connecting, and while more than `maxBufferedAmount` bytes wait in the socket's buffer; one
 *   value may go beyond it
 * - **on completion** waits until the buffer is empty, then closes the connection and waits for the other side's answer
 * - **on failure** of a value that is neither text nor bytes, which browsers would send as `[object Object]`, as `onError`
 *   says. An `error` of the socket, or a close by the other side (a WebSocketClosedError), fails the run
 * - **on abort** sends nothing more and closes the connection; what waits in the buffer of one of `ws` is given up
 *
 * Sent is not received: a close with code 1000 is the only receipt a WebSocket has.
 *
 * @param socket of any make; it may be connecting still.
 * @param options `maxBufferedAmount` (bytes), `pollMs`, `preventClose`, `preventAbort`, `onError` (default `'fail'`), `name`.
 * @throws OptionError where an option is wrong, or `socket` is none.
 *
 * @example
 * ```ts
 * const socket = new WebSocket('wss://example.org/log')
 * await from(['a', 'b']).to(toWebSocket(socket, { maxBufferedAmount: 65_536 })).run() // 2
 * ```
 */
export function toWebSocket<T = string>(socket: WebSocketLike, options: ToWebSocketOptions<T> = {}): Sink<T, number> {
  const given = TO_WEB_SOCKET.read(options, { socket })
  const { name, onError = 'fail' } = given
  return tell(sink<T, number>(name, (stage) => {
    const intake = new SocketIntake<T>(socket, stage, given)
    if (onError === 'fail') return intake
    return oneByOne<T, number>(stage, (value) => intake.hand(value), unlessOf((error) => intake.isOfSocket(error), onError), {
      end: () => intake.end(),
      abort: (reason) => intake.abort(reason),
    })
  }), TO_WEB_SOCKET, given)
}
