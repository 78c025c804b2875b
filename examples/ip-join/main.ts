import { statSync } from 'node:fs'
import { inspect, showProgress, stopOnSignal, top } from '@sluice/inspector'
import type { Run } from 'sluice'
import { ipJoin, type Job } from './job'
import { HELP, readOptions, UsageError, type Options } from './options'
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
  // At a terminal the page can be looked at when the job is done, too.
  const page = options.inspect ? await inspect({ stay: process.stdout.isTTY && process.stdin.isTTY }) : undefined
  if (page) console.log(`The live page: ${page.url}`)
  const run = job.pipeline.run({ name: 'ip-join' })
  const endProgress = show(job, options, run)
  const forgetSignals = stopOnSignal(run)
  try {
    await run
  } catch (error) {
    console.error(run.failure?.message ?? String(error))
    return 1
  } finally {
    endProgress()
    if (forgetSignals()) await page?.close()
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

/** A bar, the stages, or nothing, as was asked for. */
function show({ reading }: Job, options: Options, run: Run<unknown>): () => void {
  if (options.top) return top(run)
  if (options.quiet) return () => {}
  const total = statSync(options.asn).size + statSync(options.country).size
  return showProgress(run, {
    share: () => (reading.networks.bytes + reading.countries.bytes) / total,
    count: () => run.stats().stages.find(({ name }) => name === 'sweep')?.in ?? 0,
    unit: 'rows',
  })
}

main().then(
  (code) => { process.exitCode = code },
  (error: unknown) => {
    console.error(error instanceof UsageError ? error.message : error)
    process.exitCode = error instanceof UsageError ? 2 : 1
  },
)
