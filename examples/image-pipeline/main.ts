import { rm } from 'node:fs/promises'
import { join } from 'node:path'
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
  const run = job.pipeline.run({ name: 'image-pipeline' })
  const progress = options.quiet ? undefined : setInterval(() => { console.log(state(job, options, run.stats().elapsedMs)) }, 5000)

  let interrupted = false as boolean
  process.on('SIGINT', () => {
    if (interrupted) {
      void run.abort(new Error('interrupted twice'))
      return
    }
    interrupted = true
    console.log('\nStopping: what was begun is finished first. Ctrl-C again aborts.')
    void run.stop({ deadlineMs: 30_000 })
  })

  try {
    const sheet = await run
    console.log(report(job, options, run.stats(), server, !interrupted))
    console.log(`Contact sheet: ${sheet.path}`)
  } catch (error) {
    console.error(run.failure?.message ?? String(error))
    return 1
  } finally {
    clearInterval(progress)
    await server.close()
  }
  return lost(job, options, run.stats()) === 0 && job.gauges.all.peak <= job.plan.bound ? 0 : 1
}

function state({ tally, gauges, plan }: Job, { count }: Options, elapsedMs: number): string {
  const held = `${Math.round((100 * gauges.all.bytes) / plan.bound)} % of the bound held`
  return `${tally.photos}${Number.isFinite(count) ? ` of ${count}` : ''} photos, ${tally.files} files, ${(tally.photos / (elapsedMs / 1000)).toFixed(1)} images/s, ${held}`
}

main().then(
  (code) => { process.exitCode = code },
  (error: unknown) => {
    console.error(error instanceof UsageError ? error.message : error)
    process.exitCode = error instanceof UsageError ? 2 : 1
  },
)
