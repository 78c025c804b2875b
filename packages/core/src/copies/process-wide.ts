import { PROTOCOL } from './protocol'

const HOME: unique symbol = Symbol.for('sluice')

/** What all copies of one protocol share; by the number of the protocol. */
type Home = Record<number, Map<string, unknown> | undefined>

/**
 * State that there is once in a process, however many copies of Sluice are loaded: the scheduler, so that ten runs of two copies do not
 * take two slices side by side; what a run shares between its stages; the one listener on a signal.
 *
 * ```text
 *   copy of ESM ──┐
 *                 ├─▶ globalThis[Symbol.for('sluice')][protocol] ─▶ Map by name
 *   CommonJS ─────┘
 * ```
 *
 * Copies of another protocol have a map of their own. Where the global object takes no properties (a hardened realm), each copy
 * keeps its state to itself.
 */
export function processWide<T>(name: string, make: () => T): T {
  const state = stateOf(globalThis as { [HOME]?: Home | undefined })
  if (!state.has(name)) state.set(name, make())
  return state.get(name) as T
}

let own: Map<string, unknown> | undefined

function stateOf(realm: { [HOME]?: Home | undefined }): Map<string, unknown> {
  if (own) return own
  let home = realm[HOME]
  if (home === undefined) {
    home = {}
    try {
      Object.defineProperty(realm, HOME, { value: home })
    } catch {
      // This copy keeps its state to itself.
    }
  }
  return (own = home[PROTOCOL] ??= new Map<string, unknown>())
}
