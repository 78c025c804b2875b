import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterEach } from 'vitest'

const END_WITH_TEST = new URL('end-with-test.mjs', import.meta.url).href
const root = fileURLToPath(new URL('../../..', import.meta.url))

/** A program in a process of its own, and what it has written. */
export interface Program {
  readonly child: ChildProcess
  /** Without the escape sequences that only draw. */
  text(): string
  /** Resolves when that was written. */
  says(pattern: RegExp | string): Promise<void>
  /** Presses keys. */
  type(keys: string): void
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
}

/** Those of the test at hand. */
const running = new Set<ChildProcess>()
// Also where a test has failed, or ran out of time.
afterEach(() => {
  for (const { pid } of running) if (pid !== undefined) killGroup(pid)
  running.clear()
})

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended meanwhile.
  }
}

/** How a file is run from the sources of the packages. */
export const FROM_SOURCES = [process.execPath, '--import', fileURLToPath(new URL('../../../node_modules/tsx/dist/loader.mjs', import.meta.url))]

/**
 * Runs a command. It ends with the test at the latest.
 *
 * @param isTerminal whether it has a terminal, of 100 columns and 30 rows; made by `script` of util-linux.
 */
export function runProgram(command: readonly string[], { isTerminal = false, env = {}, cwd = root }: { readonly isTerminal?: boolean; readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {}): Program {
  const quoted = command.map((part) => `'${part.replaceAll("'", String.raw`'\''`)}'`).join(' ')
  const [file, ...args] = isTerminal ? ['script', '-qefc', `stty cols 100 rows 30; exec ${quoted}`, '/dev/null'] : command
  const child = spawn(file as string, args, { cwd, stdio: ['pipe', 'pipe', 'pipe'], detached: true, env: { ...process.env, TSX_TSCONFIG_PATH: `${root}/examples/tsconfig.run.json`, NO_COLOR: '1', FORCE_COLOR: undefined, SLUICE_TEST_OWNER: String(process.pid), NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import ${END_WITH_TEST}`, ...env } })
  running.add(child)
  child.once('close', () => { running.delete(child) })
  let written = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => { written += piece.toString() })
  return {
    child,
    text: () => written,
    async says(pattern) {
      while (typeof pattern === 'string' ? !written.includes(pattern) : !pattern.test(written)) {
        if (child.exitCode !== null) throw new Error(`It ended without saying ${String(pattern)}: ${written}`)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    type: (keys) => { child.stdin.write(keys) },
    ended: once(child, 'close').then(([code, signal]) => ({ code: code as number | null, signal: signal as NodeJS.Signals | null })),
  }
}
