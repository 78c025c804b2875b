import { readFileSync } from 'node:fs'
import { cac, type CAC, type Command } from 'cac'
import { nearest } from './unknown-option'
import { UsageError } from './usage-error'

/** What was asked for: a command, what stands before `--`, and what stands behind. */
export interface Asked {
  readonly command: string
  readonly words: readonly string[]
  readonly options: Readonly<Record<string, unknown>>
  readonly behind: readonly string[]
}

/** Options whose value may be left out; without `=` the next word is no value of theirs. */
const MAYBE_VALUED = new Map([['--inspect', '--inspect=0'], ['--inspect=', '--inspect=0']])

/** The commands and their options. */
function grammar(): CAC {
  const cli = cac('sluice')
  cli.command('run <file>', 'Run a program; its own arguments stand behind --')
    .option('--inspect [port]', 'Serve the live page, on a free port where none is given')
    .option('--top', 'Show its runs on the terminal').option('--record <file>', 'Record its runs into a file')
  cli.command('graph <file>', 'Draw a pipeline without running it')
    .option('--export <name>', 'Which export of the file, where there are several').option('--format <format>', 'mermaid, svg, dot or json', { default: 'mermaid' })
  cli.command('explain <file>', 'Tell what a pipeline may hold, drop and reorder, and what may go wrong, without running it: exit code 1 where something may').option('--export <name>', 'Which export of the file')
  cli.command('open <recording>', 'Tell what a recording holds').option('--top', 'Show its end as on the terminal')
  cli.command('ps', 'List the processes that are inspected').option('--json', 'As JSON')
  for (const [name, does] of [['top', 'Show the runs of an inspected process on the terminal'], ['inspect', 'Tell the address of the live page of an inspected process']] as const) {
    cli.command(name, does).option('--pid <pid>', 'Which process, where there are several')
  }
  cli.command('diagnose', 'Tell what holds the runs of an inspected process back: exit code 0 nothing, 1 advice, 2 a problem')
    .option('--pid <pid>', 'Which process, where there are several').option('--for <time>', 'How long to look, as in 10s', { default: '10s' })
  cli.command('dlq <action> <file> [queue]', 'Tend the dead letters of a queue in a SQLite file: list, redrive or purge them')
    .option('--id <ids>', 'Which ones, as in 7,9').option('--all', 'All of them: for purge').option('--json', 'As JSON, one in each line')
  cli.help()
  return cli
}

/**
 * Reads a command line.
 *
 * @param args without the program.
 * @returns undefined where help or the version was asked for, and given.
 * @throws UsageError for what is no command, an unknown option, and what is missing or too much.
 */
export function readCommandLine(args: readonly string[]): Asked | undefined {
  const cli = grammar()
  const before = args.includes('--') ? args.slice(0, args.indexOf('--')) : args
  if (before.length === 1 && (before[0] === '--version' || before[0] === '-v')) {
    console.log(version())
    return undefined
  }
  const words = before.map((word) => MAYBE_VALUED.get(word) ?? word)
  cli.parse(['node', 'sluice', ...words, ...args.slice(before.length)], { run: false })
  if (cli.options['help'] === true) return undefined
  if (before.length === 0) {
    cli.outputHelp()
    return undefined
  }
  const { matchedCommand: command } = cli
  if (command === undefined) throw unknownCommand(before, cli.commands)
  checkOptions(command, cli)
  const behind = (cli.options['--'] as string[] | undefined) ?? []
  if (behind.length > 0 && command.name !== 'run') throw new UsageError(`sluice ${command.name}: nothing stands behind --`)
    // Of an option that is given twice the last one counts.
  const options = Object.fromEntries(Object.entries(cli.options).map(([name, value]): [string, unknown] => [name, textOf(name !== '--' && Array.isArray(value) ? value.at(-1) : value)]))
  return { command: command.name, words: cli.args, options, behind }
}

function version(): string {
  return (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string }).version
}

function checkOptions(command: Command, cli: CAC): void {
  const known = [...command.options, ...cli.globalCommand.options].flatMap(({ names }) => names)
  for (const name of Object.keys(cli.options)) {
    if (name === '--' || known.includes(name)) continue
    const meant = nearest(name, known)
    const takes = command.options.length > 0 ? ` It takes ${command.options.map((option) => `--${option.name}`).join(', ')}.` : ''
    const behind = command.name === 'run' ? ' Options of the program stand behind --.' : ''
    throw new UsageError(`sluice ${command.name}: unknown option --${name}${meant === undefined ? '.' : `; did you mean --${meant}?`}${takes}${behind}`)
  }
  try {
    command.checkOptionValue()
    command.checkRequiredArgs()
    command.checkUnusedArgs()
  } catch (error) {
    throw new UsageError(`sluice ${command.name}: ${(error as Error).message}. Usage: sluice ${command.rawName}`)
  }
}

function unknownCommand(before: readonly string[], commands: readonly Command[]): UsageError {
  const names = commands.map(({ name }) => name)
  const word = before.find((each) => !each.startsWith('-')) ?? before[0] ?? ''
  const meant = nearest(word, names)
  return new UsageError(`sluice: unknown command ${JSON.stringify(word)}${meant === undefined ? '.' : `; did you mean ${meant}?`} There are ${names.join(', ')}. See sluice --help.`)
}

/** The parser makes numbers of what looks like one, and names of files and exports are texts. */
function textOf(value: unknown): unknown {
  return typeof value === 'number' ? String(value) : value
}
