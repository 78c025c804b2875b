import { settle } from '@sluice/testing'

/** Runs `action`, waits a while, and answers the rejections that nobody had handled by then. */
export async function unhandledRejections(action: () => unknown): Promise<unknown[]> {
  const seen: unknown[] = []
  const stop = typeof process === 'object' && typeof process.on === 'function' ? listenInProcess(seen) : listenInPage(seen)
  try {
    await action()
    await settle()
  } finally {
    stop()
  }
  return seen
}

/** The test runner's own listeners would fail the run. */
function listenInProcess(seen: unknown[]): () => void {
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', (reason) => seen.push(reason))
  return () => {
    process.removeAllListeners('unhandledRejection')
    for (const other of others) process.on('unhandledRejection', other)
  }
}

function listenInPage(seen: unknown[]): () => void {
  const page = globalThis as unknown as EventTarget
  const listen = (event: Event): void => {
    event.preventDefault()
    event.stopImmediatePropagation()
    seen.push((event as unknown as { readonly reason: unknown }).reason)
  }
  // Capturing, and on the page itself: before the listeners of the test runner, wherever they were added.
  page.addEventListener('unhandledrejection', listen, true)
  return () => { page.removeEventListener('unhandledrejection', listen, true) }
}
