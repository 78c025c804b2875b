declare const setImmediate: ((callback: () => void) => void) | undefined

const waiting: (() => void)[] = []
let channel: InstanceType<typeof MessageChannel> | undefined

/** Runs `callback` after timers and I/O had their turn: `setImmediate`, where there is none a `MessageChannel`. */
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
