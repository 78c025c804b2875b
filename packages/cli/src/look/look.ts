/*
 * A process of its own: loads a file, takes the pipelines that it exports, or else those that it would run, and says what was asked of
 * them. None of them runs.
 */
import { writeSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { coded, forestallRuns, printError } from '@sluice/core/authoring'
import { printable } from '@sluice/inspector'
import { explained } from './explained'
import { exportedFlows, type Found } from './found'
import type { LookJob } from './job'
import { pictureOf } from './pictures'

const ANSWER = 3
/** How long a file may work before it comes to its pipeline, in ms. */
const PATIENCE_MS = 15_000
/** So many places of an error are told. */
const MOST_FRAMES = 3
/** How long another run may follow the latest one, in ms. */
const NEXT_MS = 200

const job = JSON.parse(process.argv[2] ?? '') as LookJob
// The file sees the command line that it would see by itself.
process.argv.splice(1, 2, job.file)

const refusal = coded('SLUICE_ABORTED', new Error('This pipeline is looked at by sluice, and not run'))
const reached: Found[] = []
let isDone = false
let hasLoaded = false

/** Answers once, and ends the process. */
function finish(found: readonly Found[], problem?: string): void {
  if (isDone) return
  isDone = true
  const chosen = job.name === undefined ? found : found.filter(({ name }) => name === job.name)
  const complaint = complaintOf(found, chosen) ?? undefined
  if (complaint !== undefined) {
    process.stderr.write(`sluice: ${problem ?? complaint}\n`)
    process.exit(problem === undefined ? 2 : 1)
  }
  process.exit(job.what === 'graph' ? draw(chosen) : tell(chosen))
}

/** Answers the exit code. */
function draw(chosen: readonly Found[]): number {
  for (const found of chosen) write(pictureOf(found, job.format))
  return 0
}

/** Answers the exit code: 1 where one of them warns. */
function tell(chosen: readonly Found[]): number {
  const told = chosen.map(explained)
  write(told.map(({ text }) => text).join('\n'))
  return told.some(({ warns }) => warns) ? 1 : 0
}

function complaintOf(found: readonly Found[], chosen: readonly Found[]): string | undefined {
  const names = found.map(({ name }) => printable(name, 80)).join(', ')
  if (found.length === 0) return `${job.file} exports no pipeline, and none came to run(): export one, as in export const orders = from(…).to(…)`
  if (chosen.length === 0) return `${job.file} has no pipeline ${JSON.stringify(job.name)}. There are ${names}`
  if (chosen.length > 1 && job.what === 'graph') return `${job.file} has several pipelines: say which one by --export. There are ${names}`
  return undefined
}

/** All of it: a pipe takes a part at a time. */
function write(text: string): void {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(ANSWER, bytes, at)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    }
  }
}

forestallRuns((asked) => {
  reached.push({ name: `run-${reached.length + 1}`, flow: asked })
  if (hasLoaded) settle()
  return refusal
})
const settle = (): void => { setTimeout(() => { finish(reached) }, NEXT_MS) }
const fail = (error: unknown): void => {
  // That a run was refused is no failure, and a file that is still being loaded may export a pipeline.
  if (error === refusal && !hasLoaded) return
  finish(reached, `${job.file} failed before it came to a pipeline: ${printable(printError(error))}${placeOf(error)}`)
}
/** Where the program threw, as far as a stack tells; a file that cannot be parsed has no frames of its own. */
const placeOf = (error: unknown): string => {
  if (!(error instanceof Error) || typeof error.stack !== 'string') return ''
  const frames = error.stack.split('\n').filter((line) => /^\s+at /.test(line) && !/node:|[\\/]node_modules[\\/]/.test(line))
  if (frames.length > 0) return frames.slice(0, MOST_FRAMES).map((line) => `\n    ${printable(line)}`).join('')
  return error instanceof SyntaxError ? `\n    node --check ${job.file} shows where` : ''
}
process.on('unhandledRejection', fail)
process.on('uncaughtException', fail)
process.on('exit', () => { finish(reached) })
process.on('beforeExit', () => { finish(reached) })
setTimeout(() => { finish(reached, `${job.file} came to no pipeline in ${PATIENCE_MS / 1000} s`) }, PATIENCE_MS).unref()

import(pathToFileURL(job.file).href).then((module: Readonly<Record<string, unknown>>) => {
  hasLoaded = true
  const found = exportedFlows(module)
  if (found.length > 0) finish(found)
  else if (reached.length > 0) settle()
}, (error: unknown) => {
  hasLoaded = true
  fail(error)
})
