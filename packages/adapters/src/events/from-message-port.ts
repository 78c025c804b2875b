import { type Source } from '@sluice/core'
import { declare, flagged, rule, tell } from '@sluice/core/authoring'
import { boundsOf, pushRules, pushTraits, required, type PushOptions } from '../push/push-options'
import { pushSource } from '../push/push-source'
import { errorOf } from './from-event'
import { hasExited, isEmitter, isEventTarget, listenTo, type AnyTarget } from './listening'

const FROM_MESSAGE_PORT = /* @__PURE__ */ declare('fromMessagePort', () => ({
  args: { port: rule<MessageSourceLike>('something that has messages', (value) => isEmitter(value) || isEventTarget(value)) },
  options: { ...pushRules(), close: flagged },
}), pushTraits)

/** What messages come from: a MessagePort, a Worker, a BroadcastChannel, `self` in a worker, `parentPort`. */
export type MessageSourceLike = AnyTarget & {
  /** A MessagePort keeps its messages until it is started. */
  readonly start?: (() => void) | undefined
  readonly close?: (() => void) | undefined
}

/** Options of {@link fromMessagePort}. */
export interface FromMessagePortOptions<T> extends PushOptions<T> {
  /** Close the port when nothing more is wanted, or the source has failed. Default false: it is the caller's. */
  readonly close?: boolean | undefined
}

/** A message that could not be read, or a worker that is gone. */
export class MessagePortError extends Error {
  override readonly name = 'MessagePortError'
  readonly code = 'SLUICE_MESSAGE_PORT'
}

/**
 * A source of the messages of a MessagePort, a Worker, a BroadcastChannel or anything else that has them.
 *
 * - **emits** the data of each message, in order
 * - **holds back** nobody: a port has no way to. `overflow` decides what becomes of a message for which there is no room
 * - **completes** when the port is closed or the worker exits with code 0, and what it sent is out. Where that is never
 *   told (a BroadcastChannel, older browsers' ports) it ends when nothing more is wanted
 * - **buffers** at most `capacity` messages; those that nobody has taken when the run ends are counted as dropped
 * - **on failure**: a `messageerror`, an `error` of a worker, its exit with another code; what came before is delivered
 * - **on abort**, and at every other end, takes its listeners off, and closes the port where `close` is set
 *
 * It listens from the call of `run` on, then starts the port: what a MessagePort got before that is not lost.
 *
 * @param port has `addEventListener` or `on`; `start` and `close` are called where they exist.
 * @param options `capacity` and `overflow` (both required), `onDrop`, `onHigh`, `onLow`, `high`, `low`, `name`; `close`.
 * @throws OptionError where an option is wrong or missing, or `port` is none.
 *
 * @example
 * ```ts
 * const { port1, port2 } = new MessageChannel()
 * for (const message of ['a', 'b']) port1.postMessage(message)
 * await fromMessagePort(port2, { capacity: 16, overflow: 'fail', close: true }).pipe(take(2)).to(toArray()).run() // ['a', 'b']
 * ```
 */
export function fromMessagePort<T = unknown>(port: MessageSourceLike, options: FromMessagePortOptions<T>): Source<T> {
  const read = FROM_MESSAGE_PORT.read(required('fromMessagePort', options), { port })
  const given = { ...read, ...boundsOf('fromMessagePort', read) }
  const { name, close } = read
  const asEmitter = isEmitter(port)
  return tell(pushSource<T>(given, ({ push, end, fail, whenOver }) => {
    if (hasExited(port)) {
      fail(new MessagePortError(`${name}: the worker has exited before anybody listened`))
      return
    }
    // An Event of Node has null where undefined was sent; its emitter has the value.
    const listening = listenTo(port, undefined, 'emitter')
    // A Worker of Node tells its error by another way than its messages, which may come later: not after its exit.
    const exits = asEmitter && typeof (port as { readonly terminate?: unknown }).terminate === 'function'
    let failure: Error | undefined
    let open = true
    whenOver(() => {
      listening.off()
      if (close && open) port.close?.()
    })
    const over = (): void => {
      open = false
      end()
    }
    listening.on('messageerror', (event) => {
      const cause = event instanceof Error ? event : (event as { readonly data?: unknown } | undefined)?.data
      fail(cause instanceof Error ? cause : new MessagePortError(`${name}: a message could not be read`, { cause }))
    })
    listening.on('error', (event) => {
      const cause = errorOf(event)
      const error = cause instanceof Error ? cause : new MessagePortError(`${name}: ${textOf(event)}`, { cause })
      if (exits) failure ??= error
      else fail(error)
    })
    listening.on('close', over)
    listening.on('exit', (code) => {
      open = false
      if (failure) fail(failure)
      else if (typeof code === 'number' && code !== 0) fail(new MessagePortError(`${name}: the worker has exited with code ${code}`))
      else end()
    })
    // Last, since a port of Node starts as soon as somebody listens.
    listening.on('message', (event) => { push((asEmitter ? event : (event as { readonly data: unknown }).data) as T) })
    port.start?.()
  }), FROM_MESSAGE_PORT, given)
}

/** What an ErrorEvent without an error says: browsers keep the error of a worker inside it. */
function textOf(given: unknown): string {
  const message = (given as { readonly message?: unknown } | undefined)?.message
  return typeof message === 'string' && message !== '' ? message : 'the worker has failed'
}
