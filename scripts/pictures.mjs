// Takes the pictures in docs/images anew, of programs that run now: npm run pictures
// To be done on a machine that does nothing else, since the pages show what the machine does.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright'
import { root } from './pnpm.mjs'

const tsx = ['--import', 'tsx']
const out = mkdtempSync(join(tmpdir(), 'sluice-pictures-'))
const register = pathToFileURL(join(root, 'packages/inspector/dist/register.js')).href

/** Programs that serve a page, when to look, and which run is to be seen. */
const programs = {
  'trouble': { args: ['--import', register, 'scripts/pictures/trouble.mjs'], run: 'orders', afterMs: 30_000 },
  'ip-join': { args: [...tsx, 'examples/ip-join/main.ts', '--inspect', '--quiet', '--fresh', '--out', join(out, 'ip-join')], run: 'ip-join', afterMs: 2200 },
  'image-pipeline': { args: [...tsx, 'examples/image-pipeline/main.ts', '--inspect', '--quiet', '--out', join(out, 'images')], run: 'image-pipeline', afterMs: 5000 },
}
const wanted = process.argv.slice(2)

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
try {
  for (const [name, program] of Object.entries(programs)) if (wanted.length === 0 || wanted.includes(name)) await take(name, program)
} finally {
  await browser.close()
  rmSync(out, { recursive: true, force: true })
}

async function take(name, { args, run, afterMs }) {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TSX_TSCONFIG_PATH: 'examples/tsconfig.run.json' } })
  try {
    const url = await addressOf(child)
    const shots = await Promise.all(['light', 'dark'].map(async (scheme) => {
      const page = await browser.newPage({ colorScheme: scheme, viewport: { width: 1280, height: 760 }, deviceScaleFactor: 2 })
      await page.goto(url)
      await page.waitForSelector(`.run-card:has-text("${run}")`, { timeout: 60_000 })
      await page.click(`.run-card:has-text("${run}")`)
      await page.waitForSelector('.box')
      return { page, scheme }
    }))
    await shots[0].page.waitForTimeout(afterMs)
    for (const { page, scheme } of shots) {
      const path = join('docs/images', `${name}-${scheme}.png`)
      await page.screenshot({ path: join(root, path) })
      console.log(path)
      await page.close()
    }
  } finally {
    child.kill('SIGKILL')
  }
}

/** The address of the page, from what the program prints. */
async function addressOf(child) {
  let told = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => { told += text })
  const gone = once(child, 'exit')
  for (;;) {
    const url = /http:\/\/\S+#\S+/.exec(told)?.[0]
    if (url !== undefined) return url
    if (await Promise.race([gone.then(() => true), new Promise((resolve) => { setTimeout(resolve, 50) })]) === true) throw new Error(`The program has ended without a page:\n${told}`)
  }
}
