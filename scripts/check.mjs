// All static checks, one after the other; every one runs, and the summary says which failed.
import { spawnSync } from 'node:child_process'
import { root } from './pnpm.mjs'

const steps = ['typecheck', 'lint', 'deps', 'knip', 'packages', 'copies', 'api', 'catalogue', 'stats-schema', 'shaking', 'size']
/** What a step is told so that it checks and does not write. */
const flags = { catalogue: ['--', '--check'], 'stats-schema': ['--', '--check'] }
const failed = []
for (const step of steps) {
  const started = Date.now()
  console.log(`\n── ${step}`)
  const { status } = spawnSync('npm', ['run', '--silent', step, ...(flags[step] ?? [])], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  if (status !== 0) failed.push(step)
  console.log(`── ${step}: ${status === 0 ? 'ok' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s`)
}
if (failed.length > 0) {
  console.error(`\nFailed: ${failed.join(', ')}`)
  process.exit(1)
}
