import { forEach, type OnError, OptionError, type Sink } from '@sluice/core'
import { callable, checkOnError, coded, sink } from '@sluice/core/authoring'
import { MessagePortError } from './from-message-port'
import { hasExited, isEmitter, isEventTarget, listenTo } from './listening'

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
 * @param options `transfer`, `close` (default false), `onError` (default `'fail'`).
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
  const given = port as MessageTargetLike | undefined
  if (typeof given?.postMessage !== 'function') throw new OptionError('toMessagePort', 'port', port, 'something with postMessage')
  const { transfer, close = false, onError = 'fail' } = options
  checkOnError('toMessagePort', onError)
  if (transfer !== undefined) callable('toMessagePort', 'transfer', transfer)
  const post = port as { postMessage(message: unknown, transfer?: readonly object[]): void }
  return sink<T, number>('toMessagePort', (stage) => {
    if (hasExited(port)) throw new MessagePortError('toMessagePort: the worker has exited')
    const listening = isEventTarget(port) || isEmitter(port) ? listenTo(port) : undefined
    let posted = 0
    let open = true
    // A message to a port that is gone vanishes without a word.
    listening?.on('close', () => {
      open = false
      stage.fail(coded('SLUICE_MESSAGE_PORT', new Error('toMessagePort: the port was closed')))
    })
    listening?.on('exit', (code) => {
      open = false
      stage.fail(new MessagePortError(`toMessagePort: the worker has exited with code ${String(code)}`))
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
    if (onError !== 'fail') {
      const each = forEach<T>(postOne, { onError }).open(stage.scope, stage)
      return {
        settles: each.settles,
        demand: () => each.demand?.() ?? Infinity,
        write: (values, count, tickets) => each.write(values, count, tickets),
        async end() {
          await each.end()
          finish()
          return posted
        },
        abort(reason) {
          finish()
          return each.abort?.(reason)
        },
      }
    }
    return {
      write(values, count) {
        for (let i = 0; i < count; i++) {
          const value = values[i] as T
          stage.item = value
          postOne(value)
        }
        stage.item = undefined
      },
      end() {
        finish()
        return posted
      },
      abort: finish,
    }
  })
}
