import { statSync } from 'node:fs'
import { Presets, SingleBar } from 'cli-progress'
import type { Job, JobOptions } from './job'

/** Shows how far the job is: a bar on a terminal, a line every two seconds elsewhere. Answers how to end it. */
export function showProgress(job: Job, options: JobOptions): () => void {
  const total = statSync(options.asn).size + statSync(options.country).size
  const started = performance.now()
  const figures = () => {
    const bytes = job.networks.bytes + job.countries.bytes
    const rows = job.networks.rows + job.countries.rows
    const seconds = (performance.now() - started) / 1000
    return { bytes, rows, rate: Math.round(rows / seconds), eta: bytes > 0 ? Math.ceil((seconds * (total - bytes)) / bytes) : 0 }
  }
  if (!process.stdout.isTTY) {
    const timer = setInterval(() => {
      const { bytes, rows, rate, eta } = figures()
      console.log(`${Math.floor((bytes / total) * 100)} %  ${number(rows)} rows  ${number(rate)} rows/s  about ${eta} s to go`)
    }, 2000)
    return () => { clearInterval(timer) }
  }
  const bar = new SingleBar({ format: '{bar} {percentage} %  {rows} rows  {rate} rows/s  about {left} s to go', hideCursor: true }, Presets.shades_classic)
  bar.start(total, 0, { rows: 0, rate: 0, left: '?' })
  const update = (): void => {
    const { bytes, rows, rate, eta } = figures()
    bar.update(bytes, { rows: number(rows), rate: number(rate), left: eta })
  }
  const timer = setInterval(update, 100)
  return () => {
    clearInterval(timer)
    update()
    bar.stop()
  }
}

export function number(value: number): string {
  return Math.round(value).toLocaleString('en')
}
