import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { constants } from 'node:os'
import { resolve } from 'node:path'
import type { Asked } from '../command-line'
import { programFile } from '../program'
import { UsageError } from '../usage-error'

/** Signals that are meant for the program. Those of the keyboard reach it by themselves. */
const HANDED_ON: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP']
const OF_THE_KEYBOARD: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']

/** Runs a program as `node FILE` would, with what was asked for loaded before it. Answers its exit code. */
export async function run({ words, options, behind }: Asked): Promise<number> {
  const { path, nodeArgs, env } = programFile(words[0] ?? '')
  const settings = settingsOf(options, path)
  const preloads = [
    ...(settings === undefined ? [] : [import.meta.resolve('@sluice/inspector/register')]),
    ...(options['top'] === true ? [new URL('look/show-top.js', import.meta.url).href] : []),
  ]
  const child = spawn(process.execPath, [...nodeArgs, ...preloads.flatMap((url) => ['--import', url]), path, ...behind], { stdio: 'inherit', env: { ...process.env, ...env, ...(settings !== undefined && { SLUICE_INSPECT: settings }) } })
  const ignore = (): void => {}
  const handOn = (signal: NodeJS.Signals): void => { child.kill(signal) }
  for (const signal of OF_THE_KEYBOARD) process.on(signal, ignore)
  for (const signal of HANDED_ON) process.on(signal, handOn)
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
    return code ?? 128 + (signal ? constants.signals[signal] : 0)
  } finally {
    for (const signal of OF_THE_KEYBOARD) process.off(signal, ignore)
    for (const signal of HANDED_ON) process.off(signal, handOn)
  }
}

/** What `@sluice/inspector/register` is told; undefined where it is not loaded. */
function settingsOf({ inspect, record }: Asked['options'], program: string): string | undefined {
  if (inspect === undefined && record === undefined) return undefined
  const port = inspect === undefined ? 0 : Number(inspect)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new UsageError(`sluice run: --inspect takes a port from 0 to 65535, got ${JSON.stringify(inspect)}`)
  if (typeof record === 'string' && record.includes(',')) throw new UsageError('sluice run: the name of a recording must not have a comma in it')
  if (typeof record === 'string' && resolve(record) === program) throw new UsageError('sluice run: the recording would be written over the program')
  // Somebody who asked for the page at a terminal wants to see it, also where the program has done in a second.
  const stays = inspect !== undefined && process.stdin.isTTY && process.stderr.isTTY
  return [inspect === undefined ? 'page=false' : `port=${port}`, ...(stays ? ['stay'] : []), ...(typeof record === 'string' ? [`record=${record}`] : [])].join(',')
}
