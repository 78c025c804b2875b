import { drainOnInterrupt } from './interrupt'
import { ipJoin } from './job'
import { HELP, readOptions, UsageError } from './options'
import { showProgress } from './progress'
import { START } from './position'
import { balance, filesOf, organisationOf, reasons, writeChart, writeRejects } from './results'
import { begin, finish, left } from './state'
import { summary } from './summary'
import { largest } from './totals'

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (options.help) {
    console.log(HELP)
    return 0
  }
  const files = filesOf(options.out)
  const state = await begin(files.database, options, options.fresh)
  console.log(state.says)

  const job = ipJoin(options, state)
  const run = job.pipeline.run({ name: 'ip-join' })
  const endProgress = options.quiet ? () => {} : showProgress(job, options, run)
  const restoreInterrupt = drainOnInterrupt(run)
  try {
    await run
  } catch (error) {
    console.error(run.failure?.message ?? String(error))
    return 1
  } finally {
    endProgress()
    restoreInterrupt()
  }

  const { db, totals, from } = state
  const at = (await left(db))?.at ?? START
  await writeRejects(db, files.rejects)
  await writeChart(totals, files.chart)
  const rows = await balance(db, at)
  const networks = await Promise.all(largest(totals.networks, 8).map(async ([asn, addresses]) => ({ asn, addresses, organisation: await organisationOf(db, asn) })))
  console.log(summary({
    rows, totals, networks, files, reasons: await reasons(db), finished: at.finished, seconds: run.stats().elapsedMs / 1000,
    rowsOfThisRun: at.networks.rows + at.countries.rows - from.networks.rows - from.countries.rows,
  }))
  finish(db)
  if (rows.lost !== 0) return 1
  return at.finished ? 0 : 130
}

main().then(
  (code) => { process.exitCode = code },
  (error: unknown) => {
    console.error(error instanceof UsageError ? error.message : error)
    process.exitCode = error instanceof UsageError ? 2 : 1
  },
)
