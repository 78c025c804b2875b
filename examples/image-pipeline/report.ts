import Table from 'cli-table3'
import { formatReport } from '@sluice/inspector'
import type { RunStats, StageStats } from 'sluice'
import type { Job, JobOptions } from './job'
import type { PhotoServer } from './server'

/** Files that should be on the server and are not, nor among the dead letters; 0 when nothing was lost. */
export function lost(job: Job, options: Pick<JobOptions, 'sizes' | 'formats'>, stats: RunStats): number {
  const dead = (name: string): number => stats.stages.find((stage) => stage.name === name)?.deadLettered ?? 0
  return (job.tally.photos - dead('render')) * options.sizes.length * options.formats.length - job.tally.files - dead('upload')
}

/** What the run came to, as text. */
export function report(job: Job, options: JobOptions, stats: RunStats, server: Pick<PhotoServer, 'counts'>, complete: boolean): string {
  const { tally, plan, gauges } = job
  const seconds = stats.elapsedMs / 1000
  const missing = lost(job, options, stats)
  const dead = stats.stages.reduce((sum, stage) => sum + stage.deadLettered, 0)
  const { counts } = server
  const times = (tally.pixels / plan.bound).toFixed(tally.pixels < 10 * plan.bound ? 1 : 0)
  return [
    `${number(tally.photos)} photos, ${number(tally.files)} files, ${mebi(tally.bytes)} in ${seconds.toFixed(1)} s: ${(tally.photos / seconds).toFixed(2)} images/s, ${(tally.files / seconds).toFixed(1)} files/s`,
    formatReport({ ...stats, stages: stats.stages.filter(isOfInterest) }),
    memoryTable(job),
    `Pixels of all photos: ${mebi(tally.pixels)}, ${times} times the bound of ${mebi(plan.bound)}. Held at most: ${mebi(gauges.all.peak)}: ${gauges.all.peak <= plan.bound ? 'the bound held' : 'THE BOUND WAS BROKEN'}.`,
    `The process had ${mebi(process.resourceUsage().maxRSS * 1024)} at most, Node, libvips at work and garbage included.`,
    `Server: ${number(counts.stored)} files stored, ${counts.doubled} of them twice; ${number(counts.unavailable)} times 503, ${number(counts.slow)} times slow.`,
    ...(dead > 0 ? [`${number(dead)} dead letters in ${job.deadLetters}:`, ...tally.dead.map(({ name, stage, reason }) => `  ${name} (${stage}): ${reason}`)] : []),
    complete ? (missing === 0 ? 'Nothing lost.' : `${missing} FILES LOST`) : 'Stopped early: the figures are those of the photos that were worked on.',
  ].join('\n')
}

/** The dead letters' own stage tells nothing that is not in the lines below. */
function isOfInterest({ name }: StageStats): boolean {
  return name !== 'dead letters'
}

function memoryTable({ gauges, plan }: Job): string {
  const table = new Table({ head: ['held at most', 'MiB', 'bound'], ...PLAIN, colAligns: ['left', 'right', 'left'] })
  const { decoding, photos, rendering, files, uploading } = gauges
  const bounds = new Map([[photos, `${mebi(plan.photos)} (queue), ${mebi(plan.photo)} (one more in hand)`], [files, `${mebi(plan.files)} (queue), what was just made beside it`], [decoding, mebi(plan.photo)]])
  for (const gauge of [decoding, photos, rendering, files, uploading]) table.push([gauge.name, (gauge.peak / 2 ** 20).toFixed(1), bounds.get(gauge) ?? ''])
  return table.toString()
}

const PLAIN = { style: { head: [], border: [] } }

export function number(value: number): string {
  return Math.round(value).toLocaleString('en')
}

export function mebi(bytes: number): string {
  return `${number(bytes / 2 ** 20)} MiB`
}
