import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect, showProgress, stopOnSignal } from '@sluice/inspector'
import sharp from 'sharp'
import { imageJob, type Job } from './job'
import { DRAWN, HELP, readOptions, UsageError, type Options } from './options'
import { drawPhotos } from './photos'
import { lost, report } from './report'
import { startServer } from './server'

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  if (options.help) {
    console.log(HELP)
    return 0
  }
  // One thread an image: four workers keep the cores busy by themselves, and none of them fights the others for a core.
  sharp.concurrency(1)
  // What libvips would keep for a second look would be memory nobody has counted.
  sharp.cache(false)

  if (options.draws) {
    const drawn = await drawPhotos(options.input, Math.min(options.count, DRAWN), { width: 4000, height: 3000 }).run({ name: 'draw' })
    if (drawn > 0) console.log(`${drawn} photos of 4000 × 3000 drawn into ${options.input}`)
  }
  const server = await startServer({ folder: join(options.out, 'server'), unavailable: 1 / 40, retryAfterS: 1, slow: 1 / 20, slowMs: 150, seed: 7 })
  const job = imageJob(options, server.url)
  await rm(job.deadLetters, { force: true })
  // At a terminal the page can be looked at when the job is done, too.
  const page = options.inspect ? await inspect({ stay: process.stdout.isTTY && process.stdin.isTTY }) : undefined
  if (page) console.log(`The live page: ${page.url}`)
  const run = job.pipeline.run({ name: 'image-pipeline' })
  const endProgress = options.quiet ? () => {} : showProgress(run, { ...known(options), unit: 'photos', count: () => job.tally.photos, detail: () => state(job), lineEveryMs: 5000 })
  const endSignals = stopOnSignal(run, { deadlineMs: 30_000 })

  try {
    const sheet = await run
    console.log(report(job, options, run.stats(), server, !endSignals()))
    console.log(`Contact sheet: ${sheet.path}`)
  } catch (error) {
    console.error(run.failure?.message ?? String(error))
    return 1
  } finally {
    endProgress()
    await server.close()
    if (endSignals()) await page?.close()
  }
  return lost(job, options, run.stats()) === 0 && job.gauges.all.peak <= job.plan.bound ? 0 : 1
}

function known({ count }: Options): { readonly total?: number } {
  return Number.isFinite(count) ? { total: count } : {}
}

function state({ tally, gauges, plan }: Job): string {
  return `${tally.files} files, ${Math.round((100 * gauges.all.bytes) / plan.bound)} % of the bound held`
}

main().then(
  (code) => { process.exitCode = code },
  (error: unknown) => {
    console.error(error instanceof UsageError ? error.message : error)
    process.exitCode = error instanceof UsageError ? 2 : 1
  },
)
