/*
 * Code that is not ours may answer anything: a promise, a foreign thenable, an object whose `then` throws when it is
 * read, a revoked proxy. These functions never throw: a throw becomes the rejection that `await` would make of it.
 */

/**
 * True where `value` has to be awaited: it has a `then`, or reading its `then` throws, which is the answer then.
 * Await it by {@link promiseOf}, for the `then` of a foreign thenable may throw, call back at once, or call back twice.
 *
 * @example
 * ```ts
 * isThenable(Promise.resolve(1)) // true
 * isThenable({ then: 1 }) // false
 * ```
 */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false
  try {
    return typeof (value as { readonly then?: unknown }).then === 'function'
  } catch {
    return true
  }
}

/**
 * The promise of what a function of the user's answered; undefined where the answer is no promise. Never throws: an
 * answer that throws when it is touched is a promise that rejects.
 *
 * The promise settles once and never inside this call, whatever a foreign thenable does.
 *
 * @param answer anything.
 * @returns a native promise itself, a promise of a foreign thenable, or undefined.
 *
 * @example
 * ```ts
 * import { promiseOf } from '@sluice/core/authoring'
 *
 * const promise = promiseOf(call())
 * if (promise) promise.then(onResult, onError)
 * else onResult(answer)
 * ```
 */
export function promiseOf<V>(answer: V | PromiseLike<V>): Promise<V> | undefined {
  // Short enough to be inlined where calls are made: `map-async` is a tenth faster for that.
  return typeof answer === 'object' || typeof answer === 'function' ? promiseOfObject(answer) : undefined
}

function promiseOfObject<V>(answer: V | PromiseLike<V>): Promise<V> | undefined {
  try {
    if (answer instanceof Promise && answer.constructor === Promise && answer.then === Promise.prototype.then) return answer
    if (typeof (answer as { readonly then?: unknown } | null)?.then !== 'function') return undefined
  } catch (error) {
    return Promise.reject(error)
  }
  return adopted(answer)
}

/** Not Promise.resolve, which reads `constructor` of what it is given, and lets the throw of a getter out. */
function adopted<V>(answer: V | PromiseLike<V>): Promise<V> {
  return new Promise<V>((resolve) => { resolve(answer) })
}

/** A promise of what a function of the user's answered, whatever the answer is. Never throws: see {@link promiseOf}. */
export function asPromise<V>(answer: V | PromiseLike<V>): Promise<V> {
  return promiseOf(answer) ?? Promise.resolve(answer)
}

/**
 * A promise that was handed over has an owner from now on: that nobody has asked for its value yet is no unhandled
 * rejection. A thenable that is no promise of the platform is left alone, because a lazy one begins its work when `then`
 * is called.
 */
export function ownPromise(promise: PromiseLike<unknown>): void {
  try {
    // The platform's own `then`: one of a subclass may begin its work, too.
    void (Promise.prototype.then as (this: PromiseLike<unknown>, onResolved: undefined, onRejected: () => void) => unknown)
      .call(promise, undefined, () => {})
  } catch {
    // It is none, or its constructor throws.
  }
}
