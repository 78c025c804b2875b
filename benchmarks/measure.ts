import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Case } from './case'

/** What came of one contender: medians over the processes it was given. */
export interface Figure {
  readonly contender: string
  readonly median: number
  readonly min: number
}

/**
 * Runs every contender in processes of its own, in turns: when the machine gets slower, it does so for all.
 */
export function measure(work: Case, options: { readonly processes: number; readonly rounds: number; readonly polluted: boolean }): Figure[] {
  const names = Object.keys(work.contenders)
  const medians = new Map<string, number[]>(names.map((name) => [name, []]))
  const results = new Set<string>()
  for (let i = 0; i < options.processes; i++) {
    for (const name of names) {
      const figure = inChild('child.ts', [work.name, name, String(options.rounds), options.polluted ? 'polluted' : 'alone']) as { median: number; result: string }
      medians.get(name)?.push(figure.median)
      results.add(figure.result)
    }
  }
  if (results.size > 1) throw new Error(`${work.name}: the contenders do not agree: ${[...results].join(', ')}`)
  return names.map((contender) => {
    const sorted = [...(medians.get(contender) ?? [])].sort((a, b) => a - b)
    return { contender, median: sorted[sorted.length >> 1] as number, min: sorted[0] as number }
  })
}

/** Runs a script of this folder as this one is run, and parses what it prints. */
export function inChild(script: string, args: readonly string[], nodeOptions: readonly string[] = []): unknown {
  return inProcess(script, args, [...process.execArgv, ...nodeOptions])
}

/** Runs a script of this folder by Node alone, without a loader that would be measured, too, and parses what it prints. */
export function inFreshChild(script: string, args: readonly string[]): unknown {
  return inProcess(script, args, [])
}

function inProcess(script: string, args: readonly string[], nodeOptions: readonly string[]): unknown {
  const file = fileURLToPath(new URL(script, import.meta.url))
  return JSON.parse(execFileSync(process.execPath, [...nodeOptions, file, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }))
}
