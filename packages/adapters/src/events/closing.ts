import { listenTo } from './listening'
import { CLOSED, type WebSocketLike } from './web-socket'

/**
 * Closes a connection; resolves with the close event when it is closed, or with undefined where it is already.
 *
 * An error meanwhile is followed by the close, and `ws` throws one that nobody listens to: so somebody does.
 */
export function closeSocket(socket: WebSocketLike, code: number, reason = ''): Promise<unknown> {
  if (socket.readyState === CLOSED) return Promise.resolve(undefined)
  return new Promise((resolve) => {
    const listening = listenTo(socket)
    listening.on('close', (event) => {
      listening.off()
      resolve(event)
    })
    listening.on('error', () => {})
    socket.close(code, reason)
  })
}
