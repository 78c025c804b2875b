import type { Scope } from '../contract/scope'

const held = new WeakMap<Scope, Map<object, unknown>>()

/**
 * One value per run and key, made on first use: a dead letter file shared by several stages, for instance.
 *
 * @param scope of the run; with it the value goes.
 * @param key whoever shares it: a sink, a function.
 * @param make called once per run.
 *
 * @example
 * ```ts
 * const file = shared(stage.scope, deadLetters, () => openFile())
 * ```
 */
export function shared<T>(scope: Scope, key: object, make: () => T): T {
  let values = held.get(scope)
  if (values === undefined) held.set(scope, (values = new Map<object, unknown>()))
  if (!values.has(key)) values.set(key, make())
  return values.get(key) as T
}
