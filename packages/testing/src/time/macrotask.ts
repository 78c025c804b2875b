let channel: InstanceType<typeof MessageChannel> | undefined
let waiting: (() => void)[] = []

/** Calls back in a later turn of the event loop. */
export function macrotask(callback: () => void): void {
  if (typeof setImmediate === 'function') {
    setImmediate(callback)
    return
  }
  // As core's scheduler does: a zero timeout would be clamped to 4 ms by browsers when nested.
  if (channel === undefined) {
    channel = new MessageChannel()
    channel.port1.addEventListener('message', () => {
      const due = waiting
      waiting = []
      for (const next of due) next()
    })
    channel.port1.start()
  }
  if (waiting.push(callback) === 1) channel.port2.postMessage(0)
}
