import { access, writeFile } from 'node:fs/promises'
import { ipJoin } from './job'
import { HELP, readOptions, UsageError } from './options'
import { showProgress } from './progress'
import { balance, summary } from './summary'

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (options.help) {
    console.log(HELP)
    return 0
  }
  const job = ipJoin(options)
  const run = job.pipeline.run({ name: 'ip-join' })
  const endProgress = options.quiet ? () => {} : showProgress(job, options)

  let interrupted = false as boolean
  process.on('SIGINT', () => {
    if (interrupted) {
      void run.abort(new Error('interrupted twice'))
      return
    }
    interrupted = true
    console.log('\nStopping: what was read is finished first. Ctrl-C again aborts.')
    void run.stop({ deadlineMs: 10_000 })
  })

  try {
    await run
  } catch (error) {
    console.error(run.failure?.message ?? String(error))
    return 1
  } finally {
    endProgress()
  }
  // The first rejected row makes the file; a run without one has an empty file to show for it.
  await access(job.files.rejects).catch(() => writeFile(job.files.rejects, ''))
  console.log(summary(job, options, run.stats(), !interrupted))
  return interrupted || balance(job, options).lost === 0 ? 0 : 1
}

main().then(
  (code) => { process.exitCode = code },
  (error: unknown) => {
    console.error(error instanceof UsageError ? error.message : error)
    process.exitCode = error instanceof UsageError ? 2 : 1
  },
)
