// The suites in a real Chromium. Where there is none: a visible line that says what to install, and under CI a failure.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { root } from './pnpm.mjs'

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium'
if (!existsSync(chromium)) {
  console.warn(`SKIPPED: the browser suite needs Chromium, and ${chromium} is not there. Debian: apt-get install chromium; elsewhere set CHROMIUM.`)
  process.exit(process.env.CI === 'true' ? 1 : 0)
}
const { status } = spawnSync('npx', ['vitest', 'run', '--config', 'vitest.browser.config.ts', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
process.exit(status ?? 1)
