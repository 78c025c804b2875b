import { writeTo } from '../write-to'

/** What may keep the process alive, or not. */
interface Served {
  ref(): void
}

/**
 * The page stays when the program has nothing left to do, until Ctrl-C or a SIGTERM.
 *
 * @param close ends the page; the process ends by itself then, with the exit code that the program has set.
 * @returns ends the waiting: the page is closed already.
 */
export function stayOpen(url: string, served: Served, close: () => Promise<void>): () => void {
  const stay = (): void => {
    writeTo(process.stderr, `sluice: the program has ended. Its page stays at ${url} until Ctrl-C.\n`)
    served.ref()
    process.once('SIGINT', leave)
    process.once('SIGTERM', leave)
  }
  const leave = (): void => { void close() }
  process.once('beforeExit', stay)
  return () => {
    process.off('beforeExit', stay)
    process.off('SIGINT', leave)
    process.off('SIGTERM', leave)
  }
}
