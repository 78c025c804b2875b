// What a user would install: publint and are-the-types-wrong over the packed packages.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { root } from './pnpm.mjs'

let failed = false
const run = (cwd, command, args) => {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' })
  failed ||= status !== 0
}
for (const name of readdirSync(`${root}/packages`)) {
  const folder = `${root}/packages/${name}`
  run(root, 'npx', ['publint', 'run', folder, '--pack', 'npm', '--strict'])
  // A command line is started, and never required: its file has no types.
  const profile = name === 'cli' ? ['--profile', 'esm-only', '--exclude-entrypoints', 'bin'] : ['--profile', 'node16']
  run(root, 'npx', ['attw', '--pack', folder, ...profile, '--format', 'ascii', '--summary'])
}
process.exit(failed ? 1 : 0)
