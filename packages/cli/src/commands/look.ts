import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Asked } from '../command-line'
import { FORMATS, type Format, type LookJob } from '../look/job'
import { programFile } from '../program'
import { say } from '../say'
import { UsageError } from '../usage-error'

/** Draws a pipeline of a file. */
export async function graph({ words, options }: Asked): Promise<number> {
  const format = String(options['format'])
  if (!FORMATS.includes(format as Format)) throw new UsageError(`sluice graph: --format is one of ${FORMATS.join(', ')}, got ${JSON.stringify(format)}`)
  return look(words[0] ?? '', { what: 'graph', format: format as Format, name: nameOf(options) })
}

/** Tells what the pipelines of a file may hold, drop and reorder. Answers 1 where something may go wrong. */
export async function explain({ words, options }: Asked): Promise<number> {
  return look(words[0] ?? '', { what: 'explain', format: 'mermaid', name: nameOf(options) })
}

/**
 * The file is loaded in a process of its own: what it opens is closed with it, and what it prints goes to stderr, so that the answer stands
 * alone on stdout.
 */
async function look(file: string, job: Omit<LookJob, 'file'>): Promise<number> {
  const { path, nodeArgs, env } = programFile(file)
  const child = spawn(process.execPath, [...nodeArgs, fileURLToPath(new URL('look/look.js', import.meta.url)), JSON.stringify({ ...job, file: path })], { stdio: ['ignore', 2, 2, 'pipe'], env: { ...process.env, ...env } })
  const answer = text(child.stdio[3] as Readable)
  const [code] = (await once(child, 'exit')) as [number | null]
  await say(await answer)
  return code ?? 1
}

function nameOf({ export: name }: Asked['options']): string | undefined {
  return typeof name === 'string' ? name : undefined
}
