import { type OnError, type Source } from '@sluice/core'
import { decision, declare, knownIn, maybeFn, rule, tell } from '@sluice/core/authoring'
import { boundsOf, pushRules, pushTraits, required, type PushOptions } from '../push/push-options'
import { pushSource } from '../push/push-source'
import { isEmitter, isEventTarget, listenTo, type AnyTarget, type ListenOptions } from './listening'

const isName = (value: unknown): value is EventName => typeof value === 'symbol' || (typeof value === 'string' && value !== '')

/** One event or several. */
const events = () => rule<EventName | readonly EventName[]>('the name of an event, or a list of them', (value) => (Array.isArray(value) ? value.every(isName) : isName(value)))

const FROM_EVENT = /* @__PURE__ */ declare('fromEvent', () => ({
  args: {
    target: rule<AnyTarget>('an EventTarget or an EventEmitter', (value) => isEventTarget(value) || isEmitter(value)),
    event: rule<EventName>('the name of an event', isName),
  },
  options: { ...pushRules(), endOn: events().maybe(), failOn: events().maybe(), map: maybeFn, onError: decision, listen: rule<ListenOptions>('an object', (value) => typeof value === 'object' && value !== null).maybe() },
}), pushTraits)

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
  /**
   * What becomes of an event on which `map` fails: the others come out. It keeps its place in the buffer meanwhile. A next try calls `map`
   * later, when what is true only while the event is dispatched is true no more. Default: it fails the run.
   */
  readonly onError?: OnError<unknown> | undefined
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
 * - **on failure** (an event of `failOn`) what came before it is delivered first; so it is where `map` throws, and the event goes where
 *   `onError` says
 * - **on abort**, and at every other end, takes its listeners off
 *
 * It listens from the call of `run` on. One that is both kinds of target is listened to as an EventTarget.
 *
 * @param target has `addEventListener` and `removeEventListener`, or `on` and `removeListener`.
 * @param event the name of the event.
 * @param options `capacity` and `overflow` (both required), `onDrop`, `onHigh`, `onLow`, `high`, `low`, `name`; `endOn`,
 * `failOn`, `map`, `onError` (default `'fail'`), `listen`.
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
  const read = FROM_EVENT.read(required('fromEvent', options), { target, event })
  const given = { ...read, ...boundsOf('fromEvent', read) }
  const { endOn = [], failOn = isEventTarget(target) || event === 'error' ? [] : 'error', map, listen } = read
  if (listen) knownIn('fromEvent', 'listen', listen, ['capture', 'passive'])
  const toValue = (map ?? plain) as (...args: unknown[]) => T
  return tell(pushSource<T>(given, ({ pushMade, end, fail, whenOver }) => {
    const listening = listenTo(target, listen)
    whenOver(() => { listening.off() })
    listening.on(event, (...args) => { pushMade(plain(...args), () => toValue(...args)) })
    for (const ending of all(endOn)) listening.on(ending, end)
    for (const failure of all(failOn)) listening.on(failure, (told) => { fail(errorOf(told)) })
  }, given.onError), FROM_EVENT, given)
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

function all(events: EventName | readonly EventName[]): readonly EventName[] {
  return Array.isArray(events) ? (events as readonly EventName[]) : [events as EventName]
}
