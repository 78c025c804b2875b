import type { Source } from '@sluice/core'
import { declare, flagged, tell } from '@sluice/core/authoring'
import { boundsOf, pushRules, pushTraits, required, type PushOptions } from '../push/push-options'
import { pushSource } from '../push/push-source'
import { closeSocket } from './closing'
import { listenTo } from './listening'
import { CLOSED, closeError, OPEN, socketError, webSocket, WebSocketClosedError, type WebSocketLike } from './web-socket'

const FROM_WEB_SOCKET = /* @__PURE__ */ declare('fromWebSocket', () => ({ args: { socket: webSocket }, options: { ...pushRules(), preventCancel: flagged } }), pushTraits)

/** Options of {@link fromWebSocket}. */
export interface FromWebSocketOptions<T> extends PushOptions<T> {
  /**
   * Leave the connection open when nothing more is wanted: for one that is written to as well. Default false: it is closed
   * with code 1000, so that the other side stops sending, and the run waits for that.
   */
  readonly preventCancel?: boolean | undefined
}

/**
 * A source of the messages of a WebSocket.
 *
 * - **emits** the data of each message: text, or binary as `socket.binaryType` says
 * - **holds back** nobody: the browser's WebSocket cannot be. `overflow` decides what becomes of a message for which there
 *   is no room. One of `ws` is paused at `high` and resumed at `low`; what it has read already (up to 64 KiB) still comes
 * - **completes** when the connection is closed with code 1000 or without one, and what came before is out
 * - **buffers** at most `capacity` messages; those that nobody has taken when the run ends are counted as dropped
 * - **on failure**: an `error` of the socket, or a close with another code (a WebSocketClosedError); what came before is
 *   delivered first
 * - **on abort**, and when the consumer wants no more, closes the connection and waits for that. Listeners are taken off
 *
 * It listens from the call of `run` on: what came before is lost, so run it before the other side may send.
 *
 * @param socket of any make; it may be connecting still.
 * @param options `capacity` and `overflow` (both required), `onDrop`, `onHigh`, `onLow`, `high`, `low`, `name`;
 * `preventCancel`.
 * @throws OptionError where an option is wrong or missing, or `socket` is none.
 *
 * @example
 * ```ts
 * const prices = fromWebSocket<string>(new WebSocket('wss://example.org/prices'), { capacity: 1, overflow: 'latest' })
 * await prices.pipe(take(10)).to(forEach(show)).run()
 * ```
 */
export function fromWebSocket<T = unknown>(socket: WebSocketLike, options: FromWebSocketOptions<T>): Source<T> {
  const read = FROM_WEB_SOCKET.read(required('fromWebSocket', options), { socket })
  const given = { ...read, ...boundsOf('fromWebSocket', read) }
  const { name, preventCancel } = read
  const pausable = typeof socket.pause === 'function' && typeof socket.resume === 'function'

  // Only an open one of `ws` can be paused, and browsers' have no such thing.
  const hold = (held: boolean): void => {
    if (!pausable || socket.readyState !== OPEN) return
    if (held) socket.pause()
    else socket.resume()
  }
  const onHigh = (): void => {
    hold(true)
    given.onHigh?.()
  }
  const onLow = (): void => {
    hold(false)
    given.onLow?.()
  }

  return tell(pushSource<T>({ ...given, onHigh, onLow }, ({ push, end, fail, whenOver }) => {
    if (socket.readyState === CLOSED) {
      fail(new WebSocketClosedError(name, undefined, ''))
      return
    }
    const listening = listenTo(socket)
    whenOver(() => {
      listening.off()
      // Paused, it would never learn of the other side's close.
      hold(false)
      return preventCancel ? undefined : closeSocket(socket, 1000)
    })
    listening.on('message', (event) => { push((event as { readonly data: T }).data) })
    listening.on('close', (event) => {
      const error = closeError(name, event)
      if (error) fail(error)
      else end()
    })
    listening.on('error', (event) => { fail(socketError(name, event)) })
  }), FROM_WEB_SOCKET, given)
}
