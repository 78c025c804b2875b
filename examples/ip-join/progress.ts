import { statSync } from 'node:fs'
import { Presets, SingleBar } from 'cli-progress'
import type { Run } from 'sluice'
import type { Job, JobOptions } from './job'
import { number } from './summary'

/** Shows how far the job is: a bar on a terminal, a line every two seconds elsewhere. Answers how to end it. */
export function showProgress(job: Job, options: JobOptions, run: Run<unknown>): () => void {
  const total = statSync(options.asn).size + statSync(options.country).size
  const started = performance.now()
  const figures = () => {
    const bytes = job.reading.networks.bytes + job.reading.countries.bytes
    const { stages } = run.stats()
    const rows = stages.find(({ name }) => name === 'sweep')?.in ?? 0
    const seconds = (performance.now() - started) / 1000
    // Where the work piles up: a queue that is full is before the bottleneck, one that is empty behind it.
    const queues = stages.flatMap(({ name, queue }) => (queue && queue.capacity > 1 ? [`${name} ${queue.size}/${queue.capacity}`] : []))
    const left = bytes > 0 ? Math.ceil((seconds * (total - bytes)) / bytes) : 0
    return { bytes, rows: number(rows), rate: number(rows / seconds), left, queues: queues.join(', ') }
  }
  if (!process.stdout.isTTY) {
    const timer = setInterval(() => {
      const { bytes, rows, rate, left, queues } = figures()
      console.log(`${Math.floor((bytes / total) * 100)} %  ${rows} rows  ${rate} rows/s  about ${left} s to go  [${queues}]`)
    }, 2000)
    return () => { clearInterval(timer) }
  }
  const bar = new SingleBar({ format: '{bar} {percentage} %  {rows} rows  {rate} rows/s  about {left} s to go  [{queues}]', hideCursor: true, barsize: 20 }, Presets.shades_classic)
  bar.start(total, 0, figures())
  const update = (): void => {
    const { bytes, ...rest } = figures()
    bar.update(bytes, rest)
  }
  const timer = setInterval(update, 100)
  return () => {
    clearInterval(timer)
    update()
    bar.stop()
  }
}
