import { existsSync } from 'node:fs'
import { chromium, type Browser } from 'playwright'

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** Whether there is a browser. Where there is none the tests are skipped with a line; where they must not be, this fails. */
export const hasChromium = existsSync(executablePath)
if (!hasChromium && process.env['CI'] === 'true') throw new Error('inspector: Chromium is not there: apt-get install chromium')
if (!hasChromium) console.warn('SKIPPED: the tests of the live page need Chromium (Debian: apt-get install chromium; elsewhere set CHROMIUM)')

export async function launch(): Promise<Browser> {
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'] })
}
