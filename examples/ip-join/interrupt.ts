import type { Run } from 'sluice'

/** The first Ctrl-C stops the run gracefully, the second one aborts it. Answers how to leave Ctrl-C to others again. */
export function drainOnInterrupt(run: Run<unknown>): () => void {
  let interrupted = false
  const interrupt = (): void => {
    if (interrupted) {
      void run.abort(new Error('interrupted twice: what was committed is kept'))
      return
    }
    interrupted = true
    console.log('\nStopping: what was joined is written first. Ctrl-C again aborts.')
    void run.stop({ deadlineMs: 10_000 })
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  return () => {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}
