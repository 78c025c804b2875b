import { type OnError, type Sink } from '@sluice/core'
import { coded, decision, declare, flagged, maybeFn, oneByOne, rule, sink, tell } from '@sluice/core/authoring'
import { MessagePortError } from './from-message-port'
import { hasExited, isEmitter, isEventTarget, listenTo } from './listening'

const TO_MESSAGE_PORT = /* @__PURE__ */ declare('toMessagePort', () => ({
  args: { port: rule<MessageTargetLike>('something with postMessage', (value) => typeof (value as Partial<MessageTargetLike> | null | undefined)?.postMessage === 'function') },
  options: { transfer: maybeFn, close: flagged, onError: decision },
}), { holds: 1 })

/** What messages can be posted to: a MessagePort, a Worker, a BroadcastChannel, `self` in a worker, `parentPort`. */
export interface MessageTargetLike {
  postMessage(message: never, transfer?: never): void
  readonly close?: (() => void) | undefined
}

/** Options of {@link toMessagePort}. */
export interface ToMessagePortOptions<T> {
  /** What of a value is handed over instead of being copied: its ArrayBuffers, ports. Default: nothing. */
  readonly transfer?: ((value: T) => readonly object[]) | undefined
  /**
   * Close the port at the end of the run, which is how the other side learns of it. Default false: a port cannot say why
   * it was closed, so a failed run would look like a complete one.
   */
  readonly close?: boolean | undefined
  /** What becomes of a value that cannot be cloned, or on which `transfer` fails; the others are posted. Default: it fails the run. */
  readonly onError?: OnError<T> | undefined
  /** Shown in failures, stats and the graph. Default `'toMessagePort'`. */
  readonly name?: string | undefined
}

/**
 * Posts each value as a message; the result is how many.
 *
 * - **holds back** nothing: a port takes every message at once, and what the other side has not read is in memory
 * - **on completion** closes the port where `close` is set
 * - **on failure** of a post (a value that cannot be cloned) as `onError` says; when the port is closed from the other side, or
 *   the worker has exited, the run fails
 * - **on abort** posts nothing more, and closes the port where `close` is set
 *
 * @param port anything with `postMessage`.
 * @param options `transfer`, `close` (default false), `onError` (default `'fail'`), `name`.
 * @throws OptionError where an option is wrong, or `port` is none.
 *
 * @example
 * ```ts
 * const { port1, port2 } = new MessageChannel()
 * await from(['a', 'b']).to(toMessagePort(port1, { close: true })).run() // 2
 * await fromMessagePort(port2, { capacity: 16, overflow: 'fail' }).to(toArray()).run() // ['a', 'b']
 * ```
 */
export function toMessagePort<T>(port: MessageTargetLike, options: ToMessagePortOptions<T> = {}): Sink<T, number> {
  const given = TO_MESSAGE_PORT.read(options, { port })
  const { name, transfer, close, onError = 'fail' } = given
  const post = port as { postMessage(message: unknown, transfer?: readonly object[]): void }
  return tell(sink<T, number>(name, (stage) => {
    if (hasExited(port)) throw new MessagePortError(`${name}: the worker has exited`)
    const listening = isEventTarget(port) || isEmitter(port) ? listenTo(port) : undefined
    let posted = 0
    let open = true
    // A message to a port that is gone vanishes without a word.
    listening?.on('close', () => {
      open = false
      stage.fail(coded('SLUICE_MESSAGE_PORT', new Error(`${name}: the port was closed`)))
    })
    listening?.on('exit', (code) => {
      open = false
      stage.fail(new MessagePortError(`${name}: the worker has exited with code ${String(code)}`))
    })
    const finish = (): void => {
      listening?.off()
      if (close && open) port.close?.()
      open = false
    }
    const postOne = (value: T): void => {
      // A BroadcastChannel takes one argument only.
      if (transfer) post.postMessage(value, transfer(value))
      else post.postMessage(value)
      posted++
    }
    const end = (): number => {
      finish()
      return posted
    }
    if (onError !== 'fail') return oneByOne<T, number>(stage, postOne, onError, { end, abort: finish })
    return {
      write(values, count) {
        for (let i = 0; i < count; i++) {
          const value = values[i] as T
          stage.item = value
          postOne(value)
        }
        stage.item = undefined
      },
      end,
      abort: finish,
    }
  }), TO_MESSAGE_PORT, given)
}
