// All static checks; every one runs, and the summary says which failed. Two lanes, since each step takes one core: what looks at the sources, and what looks
// at the packages as they are built.
import { spawn } from 'node:child_process'
import { root } from './pnpm.mjs'

const lanes = [
  ['typecheck', 'lint', 'deps', 'knip'],
  ['packages', 'copies', 'api', 'catalogue', 'stats-schema', 'shaking', 'size'],
]
/** What a step is told so that it checks and does not write. */
const flags = { catalogue: ['--', '--check'], 'stats-schema': ['--', '--check'] }
const failed = []

/** Runs a step, and prints what it says when it is over, so that lanes do not mix. */
function run(step) {
  return new Promise((resolve) => {
    const started = Date.now()
    const child = spawn('npm', ['run', '--silent', step, ...(flags[step] ?? [])], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { said += text })
    const over = (isWell) => {
      if (!isWell) failed.push(step)
      process.stdout.write(`\n── ${step}\n${said}── ${step}: ${isWell ? 'ok' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
      resolve()
    }
    child.on('error', (error) => {
      said += `${error.message}\n`
      over(false)
    })
    child.on('close', (code) => { over(code === 0) })
  })
}

await Promise.all(lanes.map(async (steps) => {
  for (const step of steps) await run(step)
}))
if (failed.length > 0) {
  console.error(`\nFailed: ${failed.join(', ')}`)
  process.exit(1)
}
