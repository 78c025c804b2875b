import type { Scope } from '../contract/scope'
import { processWide } from '../copies/process-wide'

const held = /* @__PURE__ */ processWide('shared', () => new WeakMap<Scope, Map<object | symbol, unknown>>())

/**
 * One value per run and key, made on first use: a dead letter file shared by several stages, for instance.
 *
 * @param scope of the run; with it the value goes.
 * @param key what is shared under: a sink, a function, or a symbol of the registry (`Symbol.for`) for what all copies of a package share.
 * @param make called once per run.
 *
 * @example
 * ```ts
 * const file = shared(stage.scope, deadLetters, () => openFile())
 * ```
 */
export function shared<T>(scope: Scope, key: object | symbol, make: () => T): T {
  let values = held.get(scope)
  if (values === undefined) held.set(scope, (values = new Map<object | symbol, unknown>()))
  if (!values.has(key)) values.set(key, make())
  return values.get(key) as T
}
