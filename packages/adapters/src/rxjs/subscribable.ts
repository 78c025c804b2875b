import { coded } from '@sluice/core/authoring'
import { Subscriber, type InteropObservable, type Observable } from 'rxjs'

/** What values are pushed to. */
export interface PushObserver<T> {
  next(value: T): void
  error(error: unknown): void
  complete(): void
}

/**
 * Anything that can be subscribed to: an Observable of RxJS, of another library, or the platform's, which takes a signal and
 * answers nothing.
 */
export interface Subscribable<T> {
  subscribe(observer: PushObserver<T>, options?: { readonly signal: AbortSignal }): unknown
}

/** An Observable of any make, or what says by `Symbol.observable` how to become one. */
export type ObservableLike<T> = Observable<T> | InteropObservable<T> | Subscribable<T>

/** Finds what to subscribe to. Throws a TypeError where there is nothing. */
export function toSubscribable<T>(owner: string, input: ObservableLike<T>): Subscribable<T> {
  const given = input as unknown as Record<PropertyKey, unknown> | null | undefined
  if (typeof given?.['subscribe'] === 'function') return input as unknown as Subscribable<T>
  // Libraries agree on the string where the platform has no such symbol.
  const symbol = (Symbol as { readonly observable?: symbol }).observable ?? '@@observable'
  const convert = given?.[symbol]
  if (typeof convert === 'function') return convert.call(given) as Subscribable<T>
  throw coded('SLUICE_ARGUMENT', new TypeError(`${owner}: expected something with subscribe or Symbol.observable, got ${given === null ? 'null' : typeof input}`))
}

/** Subscribes when `begin` is called; `end` ends the subscription, also in the middle of a synchronous `begin`. */
export function subscription<T>(input: Subscribable<T>, observer: PushObserver<T>): { begin(): void; end(): void } {
  const controller = new AbortController()
  // Where RxJS finds a Subscriber it uses it as it is: only so can a synchronous Observable be told to stop.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- exported by 7 and 8; `subscribe` answers too late for this
  const subscriber = new Subscriber<T>(observer)
  let answer: unknown
  let hasEnded = false
  const unsubscribe = (): void => {
    if (typeof answer === 'function') (answer as () => void)()
    else (answer as { unsubscribe?: () => void } | null | undefined)?.unsubscribe?.()
  }
  return {
    begin() {
      answer = input.subscribe(subscriber, { signal: controller.signal })
      // Ended in the middle of that, there was nothing to unsubscribe with yet.
      if (hasEnded) unsubscribe()
    },
    end() {
      hasEnded = true
      subscriber.unsubscribe()
      controller.abort()
      unsubscribe()
    },
  }
}
