declare const setImmediate: ((callback: () => void) => void) | undefined

const waiting: (() => void)[] = []
let channel: InstanceType<typeof MessageChannel> | undefined

/**
 * Calls back in a later turn of the event loop, after timers and I/O had theirs: `setImmediate`, where there is none a
 * `MessageChannel`. For authors of sources that gather what comes in one turn.
 *
 * @param callback may not throw; those of one turn are called in order.
 *
 * @example
 * ```ts
 * await new Promise<void>((resolve) => macrotask(resolve)) // timers that were due have fired
 * ```
 */
export function macrotask(callback: () => void): void {
  if (typeof setImmediate === 'function') {
    setImmediate(callback)
    return
  }
  // A zero timeout would be clamped to 4 ms by browsers when nested.
  if (channel === undefined) {
    channel = new MessageChannel()
    channel.port1.addEventListener('message', () => {
      for (const next of waiting.splice(0)) next()
    })
    channel.port1.start()
  }
  // One message for all that wait: one each would pile up, and everybody else's turn would come later and later.
  if (waiting.push(callback) === 1) channel.port2.postMessage(0)
}
