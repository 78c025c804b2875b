import type { Readable, Writable } from 'node:stream'

/** What a stream holds of itself; Node's own `finished` looks there too, for want of a public way. */
interface WithState {
  readonly _readableState?: { readonly emitClose?: boolean }
  readonly _writableState?: { readonly emitClose?: boolean }
}

/**
 * Destroys a stream that is not wanted any more, and waits for its `close`.
 *
 * @param reason what the stream is told; nothing where the consumer only wants no more.
 * @returns rejects with what went wrong while closing, which is neither the reason nor a consequence of destroying it.
 */
export function destroyStream(stream: Readable | Writable, reason?: unknown): Promise<void> | undefined {
  if (stream.closed) return undefined
  return new Promise((resolve, reject) => {
    let failure: { readonly error: unknown } | undefined
    const onError = (error: unknown): void => {
      if (error !== reason && !isConsequence(error)) failure ??= { error }
    }
    const onClose = (): void => {
      stream.off('error', onError)
      stream.off('close', onClose)
      if (failure) reject(failure.error)
      else resolve()
    }
    stream.on('error', onError)
    stream.on('close', onClose)
    // Streams of the first Node may have none.
    if (!stream.destroyed) (stream as Partial<Readable>).destroy?.(reason as Error | undefined)
    // Such a stream never tells; its listeners stay, for the error that may still come.
    if (!emitsClose(stream)) resolve()
  })
}

/** An error that only says that the stream was destroyed early, as composed streams report when they are. */
export function isConsequence(error: unknown): boolean {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code
  return code === 'ABORT_ERR' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ERR_STREAM_DESTROYED'
}

/** True for a stream of today: it has a state, or tells how much it holds. Those of the first Node did neither. */
export function isModern(stream: Readable | Writable): boolean {
  return '_writableState' in stream || '_readableState' in stream || typeof (stream as Partial<Writable>).writableLength === 'number'
}

function emitsClose(stream: Readable | Writable): boolean {
  const { _readableState: readable, _writableState: writable } = stream as WithState
  return isModern(stream) && readable?.emitClose !== false && writable?.emitClose !== false
}
