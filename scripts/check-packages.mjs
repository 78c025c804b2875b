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
  run(root, 'npx', ['attw', '--pack', folder, '--profile', 'node16', '--format', 'ascii', '--summary'])
}
process.exit(failed ? 1 : 0)
