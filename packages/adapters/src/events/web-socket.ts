import { coded, type Rule } from '@sluice/core/authoring'
import { isEventTarget, type EventTargetLike } from './listening'

/** A WebSocket: the browser's, Node's, or a client or server side one of the `ws` package. */
export interface WebSocketLike extends EventTargetLike {
  readonly readyState: number
  readonly bufferedAmount: number
  send(data: never): void
  close(code?: number, reason?: string): void
  /** `ws` can be held back, and be cut off. */
  readonly pause?: (() => void) | undefined
  readonly resume?: (() => void) | undefined
  readonly terminate?: (() => void) | undefined
}

/** `readyState` of every WebSocket. */
export const OPEN = 1
export const CLOSED = 3

/** The codes of an end that was meant: normal closure, and none given. */
const NORMAL: readonly unknown[] = [1000, 1005]

/** The connection was closed with a code that is no normal end, or before everything was sent. */
export class WebSocketClosedError extends Error {
  override readonly name = 'WebSocketClosedError'
  readonly code = 'SLUICE_WEB_SOCKET_CLOSED'

  constructor(
    owner: string,
    /** The close code; undefined where it was closed before anybody listened. */
    readonly closeCode: number | undefined,
    readonly reason: string,
  ) {
    super(`${owner}: the connection was closed${closeCode === undefined ? ' before' : ` with code ${closeCode}`}${reason === '' ? '' : `: ${reason}`}`)
  }
}

/** What a close event came to: undefined where it was a normal end. */
export function closeError(owner: string, event: unknown): WebSocketClosedError | undefined {
  const { code, reason } = event as { readonly code?: number; readonly reason?: unknown }
  if (NORMAL.includes(code)) return undefined
  return new WebSocketClosedError(owner, code, typeof reason === 'string' ? reason : '')
}

/** What an error event says: `ws` has the error in it, browsers say nothing. */
export function socketError(owner: string, event: unknown): unknown {
  const { error } = event as { readonly error?: unknown }
  return error ?? coded('SLUICE_WEB_SOCKET', new Error(`${owner}: the connection has failed`, { cause: event }))
}

/** A WebSocket of any make. */
export const webSocket: Rule<WebSocketLike, 'sure'> = {
  allowed: 'a WebSocket',
  test: (value) => isEventTarget(value) && typeof (value as Partial<WebSocketLike>).close === 'function',
}
