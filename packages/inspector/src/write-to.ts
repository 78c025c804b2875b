/** What can be written to; a stream tells by events that it cannot any more. */
export interface Writable {
  write(text: string, done?: (error?: Error | null) => void): unknown
  readonly on?: (event: 'error', told: () => void) => unknown
  readonly off?: (event: 'error', told: () => void) => unknown
}

/** Streams whose next event is of a write of ours. */
const failing = new WeakSet<Writable>()

/**
 * Writes for a tool: that nobody reads it any more, as behind `| head -1`, or that a disk is full, fails no program. What the program writes by
 * itself fails as it did before.
 *
 * @param write the function of the stream, where somebody has put another one in its place.
 */
export function writeTo(stream: Writable, text: string, write?: Writable['write']): void {
  const done = (error?: Error | null): void => { if (error) expectEvent(stream) }
  stream.on?.('error', duringWrite)
  try {
    if (write) write.call(stream, text, done)
    else stream.write(text, done)
  } catch {
    // A stream that has ended.
  } finally {
    stream.off?.('error', duringWrite)
  }
}

/** The event of a write that fails behind the call comes after its callback, in the same turn. */
function expectEvent(stream: Writable): void {
  if (failing.has(stream)) return
  failing.add(stream)
  stream.on?.('error', behindWrite)
  setImmediate(() => {
    failing.delete(stream)
    stream.off?.('error', behindWrite)
  })
}

function duringWrite(): void {}

function behindWrite(): void {}
