import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright'
import { createServer } from 'vite'
import { expect, it } from 'vitest'

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const isThere = existsSync(executablePath)
if (!isThere && process.env['CI'] === 'true') throw new Error('rxjs-bridge: Chromium is not there: apt-get install chromium')
if (!isThere) console.warn('SKIPPED rxjs-bridge: it needs Chromium (Debian: apt-get install chromium; elsewhere set CHROMIUM)')

it.skipIf(!isThere)('in a real page RxJS alone piles values up, and through Sluice no more wait than were allowed', { timeout: 60_000 }, async () => {
  const folder = fileURLToPath(new URL('.', import.meta.url))
  const server = await createServer({ configFile: `${folder}vite.config.ts`, server: { port: 0, host: '127.0.0.1' }, logLevel: 'error' })
  await server.listen()
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'] })
  try {
    const page = await browser.newPage({ viewport: { width: 1040, height: 620 } })
    const errors: unknown[] = []
    page.on('pageerror', (error) => errors.push(error))
    const { resolvedUrls } = server
    await page.goto(`${resolvedUrls?.local[0] ?? ''}?ms=2500`)
    const told = await page.waitForFunction(() => document.body.dataset['done'], undefined, { timeout: 40_000 })
    const figures = JSON.parse((await told.jsonValue()) ?? '{}') as Record<'rx' | 'sluice' | 'capacity' | 'made' | 'dropped' | 'drawn', number>
    await page.screenshot({ path: `${folder}out/screenshot.png` })
    expect(errors).toEqual([])
    expect(figures.rx).toBeGreaterThan(10 * figures.capacity)
    // The buffer, and the one value that is being drawn.
    expect(figures.sluice).toBeLessThanOrEqual(figures.capacity + 1)
    expect(figures.made - figures.dropped - figures.drawn).toBeLessThanOrEqual(figures.capacity + 1)
  } finally {
    await browser.close()
    await server.close()
  }
})
