/** Settles as `work` does, or rejects when the signal is aborted, and leaves no listener behind. */
export function interrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => { reject(signal.reason) }
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort)
    work.then(resolve, reject).finally(() => { signal.removeEventListener('abort', onAbort) })
  })
}
