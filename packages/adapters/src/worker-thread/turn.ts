let channel: InstanceType<typeof MessageChannel> | undefined
const waiting: (() => void)[] = []

/** Calls back in a later turn of the event loop, so that messages get in between. */
export function nextTurn(callback: () => void): void {
  if (typeof setImmediate === 'function') {
    setImmediate(callback)
    return
  }
  // A timer of zero is four milliseconds in browsers when nested.
  if (channel === undefined) {
    channel = new MessageChannel()
    channel.port1.addEventListener('message', () => {
      for (const next of waiting.splice(0)) next()
    })
    channel.port1.start()
  }
  if (waiting.push(callback) === 1) channel.port2.postMessage(0)
}
