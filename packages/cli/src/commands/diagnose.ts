import { connectRuns, printable } from '@sluice/inspector'
import type { Asked } from '../command-line'
import { say } from '../say'
import { UsageError } from '../usage-error'
import { chosenProcess } from './processes'

/** What is found lies between these; a process that cannot be reached is told otherwise. */
const CODES = { none: 0, info: 0, advice: 1, problem: 2 } as const

/** Looks at a process for a while, and tells what holds its runs back. Answers 0 where nothing does, 1 for an advice, 2 for a problem. */
export async function diagnose(asked: Asked): Promise<number> {
  const ms = timeOf(asked.options['for'])
  const runs = await connectRuns(chosenProcess(asked).url)
  await new Promise((resolve) => setTimeout(resolve, ms))
  const found = runs.summaries()
  runs.close()
  const lines = found.length === 0 ? ['The process has no runs.'] : []
  for (const { name, found: { severity, verdict, message, advice } } of found) {
    const says = [message, advice].filter((part) => part !== '').map((part) => printable(part)).join(': ')
    lines.push(`${printable(name, 60)}: ${severity === 'none' ? 'nothing to say' : `${severity}, ${verdict}: ${says}`}`)
  }
  await say(`${lines.join('\n')}\n`)
  return Math.max(0, ...found.map(({ found: { severity } }) => CODES[severity]))
}

function timeOf(given: unknown): number {
  const [, digits, unit = 's'] = /^(\d{1,6})(ms|s|m)?$/.exec(String(given)) ?? []
  if (digits === undefined) throw new UsageError(`sluice diagnose: --for takes a time such as 500ms, 10s or 2m, got ${JSON.stringify(given)}`)
  return Number(digits) * { ms: 1, s: 1000, m: 60_000 }[unit as 'ms' | 's' | 'm']
}
