import { OptionError, type Source } from '@sluice/core'
import { callable } from '@sluice/core/authoring'
import { checkPushOptions, type PushOptions } from '../push/push-options'
import { pushSource } from '../push/push-source'
import { isEmitter, isEventTarget, listenTo, type AnyTarget, type ListenOptions } from './listening'

/** The name of an event; an EventEmitter knows symbols as well. */
export type EventName = string | symbol

/** Options of {@link fromEvent}. */
export interface FromEventOptions<T> extends PushOptions<T> {
  /** Events that complete the source. Default: none, so it ends when nothing more is wanted. */
  readonly endOn?: EventName | readonly EventName[] | undefined
  /**
   * Events that fail it: with their first argument, or with what an Event has as `error` or `reason`, else the Event.
   * Default: `'error'` for an EventEmitter, which throws where nobody listens to it; none for an EventTarget.
   */
  readonly failOn?: EventName | readonly EventName[] | undefined
  /** Makes the value of an event, at once: for what is true only while the event is dispatched. */
  readonly map?: ((...args: never[]) => T) | undefined
  /** `capture`, `passive`, for an EventTarget. */
  readonly listen?: ListenOptions | undefined
}

/**
 * A source of the events of an EventTarget or an EventEmitter.
 *
 * - **emits** the Event; of an EventEmitter the argument, or an array of the arguments where there are several
 * - **holds back** nobody: an event cannot be. `overflow` decides what becomes of one for which there is no room
 * - **completes** at an event of `endOn`, when what came before it is out
 * - **buffers** at most `capacity` events; those that nobody has taken when the run ends are counted as dropped
 * - **on failure** (an event of `failOn`, a `map` that throws) what came before it is delivered first
 * - **on abort**, and at every other end, takes its listeners off
 *
 * It listens from the call of `run` on. One that is both kinds of target is listened to as an EventTarget.
 *
 * @param target has `addEventListener` and `removeEventListener`, or `on` and `removeListener`.
 * @param event the name of the event.
 * @param options `capacity` and `overflow` (both required), `onDrop`, `onHigh`, `onLow`, `high`, `low`, `name`; `endOn`,
 * `failOn`, `map`, `listen`.
 * @throws OptionError where an option is wrong or missing, or `target` is none.
 *
 * @example
 * ```ts
 * const target = new EventTarget()
 * const run = fromEvent<Event>(target, 'tick', { capacity: 16, overflow: 'drop-oldest', endOn: 'end' }).to(count()).run()
 * setTimeout(() => ['tick', 'tick', 'end'].forEach((type) => target.dispatchEvent(new Event(type))), 10)
 * await run // 2
 * ```
 */
export function fromEvent<T = unknown>(target: AnyTarget, event: EventName, options: FromEventOptions<T>): Source<T> {
  const checked = checkPushOptions('fromEvent', options)
  const asTarget = isEventTarget(target)
  if (!asTarget && !isEmitter(target)) throw new OptionError('fromEvent', 'target', target, 'an EventTarget or an EventEmitter')
  const name = one('event', event)
  const { endOn = [], failOn = asTarget || name === 'error' ? [] : 'error', map, listen } = options
  if (map !== undefined) callable('fromEvent', 'map', map)
  const ends = names('endOn', endOn)
  const failures = names('failOn', failOn)
  const toValue = (map ?? plain) as (...args: unknown[]) => T
  return pushSource<T>(checked, ({ push, end, fail, whenOver }) => {
    const listening = listenTo(target, listen)
    whenOver(() => { listening.off() })
    listening.on(name, (...args) => {
      let value: T
      try {
        value = toValue(...args)
      } catch (error) {
        // The failure of the pipeline, and none of whoever dispatched the event.
        fail(error)
        return
      }
      push(value)
    })
    for (const ending of ends) listening.on(ending, end)
    for (const failure of failures) listening.on(failure, (given) => { fail(errorOf(given)) })
  })
}

/** The error an event carries, as it is. */
export function errorOf(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || given instanceof Error) return given
  const { error, reason } = given as { readonly error?: unknown; readonly reason?: unknown }
  return error ?? reason ?? given
}

function plain(...args: unknown[]): unknown {
  return args.length > 1 ? args : args[0]
}

/** From JavaScript it may be anything. */
function one(option: string, given: unknown): EventName {
  if (typeof given === 'symbol' || (typeof given === 'string' && given !== '')) return given
  throw new OptionError('fromEvent', option, given, 'the name of an event')
}

function names(option: string, given: EventName | readonly EventName[]): readonly EventName[] {
  return Array.isArray(given) ? given.map((name) => one(option, name)) : [one(option, given)]
}
