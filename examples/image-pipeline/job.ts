import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer, deadLetter, type DeadLetter, defer, flatMap, forEach, mapAsync, mapAsyncUnordered, type Pipeline, tap } from 'sluice'
import { contactSheet, type ContactSheet } from './contact-sheet'
import { decoder, type DecodedPhoto } from './decode'
import { Gauges, planMemory, type MemoryPlan } from './memory'
import { photosIn, type PhotoFile } from './photos'
import { renderer, type RenderOptions, type Rendition } from './render'
import { retryUpload, uploader } from './upload'

/** What the job needs to know. */
export interface JobOptions extends RenderOptions {
  readonly input: string
  readonly out: string
  /** Photos to work on; the folder is gone through again where it has fewer. */
  readonly count: number
  readonly workers: number
  readonly uploads: number
  /** What may be held at once, in bytes. */
  readonly memory: number
  readonly tiles: number
}

/** Figures the job fills while it runs. */
export interface Tally {
  photos: number
  /** What the pixels of all photos would take together, in bytes. */
  pixels: number
  files: number
  bytes: number
  readonly dead: { readonly name: string; readonly stage: string; readonly reason: string; readonly attempt: number }[]
}

/** A job put together: what to run, and what it tells about itself. */
export interface Job {
  readonly pipeline: Pipeline<ContactSheet>
  readonly gauges: Gauges
  readonly plan: MemoryPlan
  readonly tally: Tally
  readonly deadLetters: string
}

/** Photos in, renditions on a server, a contact sheet; see the README for the picture. */
export function imageJob(options: JobOptions, url: string): Job {
  const { workers, uploads, sizes, formats } = options
  const gauges = new Gauges()
  const plan = planMemory(options.memory, workers)
  const tally: Tally = { photos: 0, pixels: 0, files: 0, bytes: 0, dead: [] }
  const deadLetters = join(options.out, 'dead-letters.ndjson')
  const letters = forEach<DeadLetter<PhotoFile | Rendition>>(async ({ item, stage, error, attempt }) => {
    // A rendition that was given up is held no longer; a photo let go of its pixels where it failed.
    if ('bytes' in item) gauges.uploading.add(-item.bytes.length)
    const name = 'bytes' in item ? `${item.photo}/${item.size}.${item.format}` : item.name
    const letter = { name, stage, reason: (error as Error).message, attempt }
    if (tally.dead.length < MOST_SHOWN) tally.dead.push(letter)
    await appendFile(deadLetters, `${JSON.stringify(letter)}\n`)
  }, { name: 'dead letters' })
  const giveUp = deadLetter(letters)

  const smallest = [...sizes].sort((a, b) => a.edge - b.edge)[0]?.name
  const pipeline = defer(() => photosIn(options.input, options.count))
    .pipe(
      mapAsync(decoder(gauges, plan.photo), { concurrency: 1, capacity: 0, name: 'decode', onError: giveUp }),
      buffer(64, { maxWeight: plan.photos, name: 'photos', weigh: ({ pixels }: DecodedPhoto) => {
        // Asked once, when a photo enters: the place to count it.
        tally.photos++
        tally.pixels += pixels.length
        gauges.decoding.moveTo(gauges.photos, pixels.length)
        return pixels.length
      } }),
      // No results in reserve: a worker whose files are still waiting is not given another photo.
      mapAsyncUnordered(renderer(gauges, options), { concurrency: workers, capacity: 0, name: 'render', onError: giveUp }),
      flatMap((renditions) => renditions),
      buffer(1024, { maxWeight: plan.files, weigh: ({ bytes }: Rendition) => bytes.length, name: 'files' }),
      mapAsyncUnordered(uploader(gauges, url), {
        concurrency: uploads, capacity: 0, timeoutMs: 30_000, name: 'upload', onError: retryUpload({ times: 8, delayMs: 50, then: giveUp }),
      }),
      tap(({ bytes }) => {
        tally.files++
        tally.bytes += bytes.length
      }),
    )
    .to(contactSheet(join(options.out, 'contact-sheet.png'), options.tiles, ({ size, format }) => size === smallest && format === formats[0]))
  return { pipeline, gauges, plan, tally, deadLetters }
}

/** Dead letters that are kept for the report; all of them are in the file. */
const MOST_SHOWN = 20
