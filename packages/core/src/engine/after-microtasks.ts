/** Only Node and its kin can tell when the microtasks have run out. */
interface Host {
  readonly process?: { nextTick?(callback: () => void): void } | undefined
}

const { process } = globalThis as Host
const resolved = Promise.resolve()

/** Calls back when all microtasks have run, also those that come from them. Where the platform cannot tell, never. */
export function afterMicrotasks(callback: () => void): void {
  // What is asked for in a macrotask runs before its microtasks, and what is asked for in a microtask after all of them.
  if (process?.nextTick) void resolved.then(() => { process.nextTick?.(callback) })
}
