import { messageOf } from '@sluice/core/authoring'
import { printable } from '@sluice/inspector'
import { readCommandLine, type Asked } from './command-line'
import { diagnose } from './commands/diagnose'
import { dlq } from './commands/dlq'
import { explain, graph } from './commands/look'
import { open } from './commands/open'
import { ps } from './commands/processes'
import { run } from './commands/run'
import { inspect, top } from './commands/watch'
import { UsageError } from './usage-error'

const COMMANDS = new Map<string, (asked: Asked) => number | Promise<number>>([
  ['run', run], ['graph', graph], ['explain', explain], ['open', open], ['ps', ps], ['top', top], ['inspect', inspect], ['diagnose', diagnose], ['dlq', dlq],
])

/**
 * Carries out a command line of `sluice`. Mistakes are told in one line on stderr.
 *
 * @param args without the program: `['graph', 'pipeline.ts']`.
 * @returns the exit code: that of the program for `run`, 2 for a mistake on the command line, 1 for a failure.
 *
 * @example
 * ```ts
 * import { main } from '@sluice/cli'
 *
 * process.exitCode = await main(['explain', 'pipeline.ts'])
 * ```
 */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const asked = readCommandLine(args)
    return asked === undefined ? 0 : ((await COMMANDS.get(asked.command)?.(asked)) ?? 2)
  } catch (error) {
    process.stderr.write(`${printable(messageOf(error))}\n`)
    return error instanceof UsageError ? 2 : 1
  }
}
