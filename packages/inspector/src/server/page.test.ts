import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { drain, from, type Run } from '@sluice/core'
import { buffer, map, mapAsync } from '@sluice/operators'
import { hasChromium, launch } from '../../test/chromium'
import { inspect, type Inspector } from './inspect'

const EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
const WAIT = { timeout: 20_000 }
const TOKEN = 't'.repeat(40)

async function* orders(): AsyncGenerator<number> {
  for (let i = 0; ; i++) {
    if (i % 20 === 0) await sleep(1)
    yield i
  }
}

/** A run that is held back by its stage `enrich`. */
function slow(name = 'orders'): Run<unknown> {
  const run = from(orders(), { name: 'orders' })
    .pipe(map((n) => n + 1, { name: 'parse' }), buffer(64, { name: 'parsed' }), mapAsync(async (n) => { await sleep(20); return n }, { concurrency: 2, name: 'enrich' }))
    .to(drain({ name: 'table' })).run({ name })
  run.catch(() => {})
  return run
}

describe.skipIf(!hasChromium)('the live page', { timeout: 60_000 }, () => {
  let browser: Browser
  let server: Inspector
  let run: Run<unknown>
  const troubles: string[] = []

  beforeAll(async () => {
    browser = await launch()
    server = await inspect({ redact: (item) => item })
    run = slow()
  }, 60_000)
  afterAll(async () => {
    await browser.close()
    await server.close()
    await run.abort()
  })

  /** A page that has come to the run; what goes wrong in it is kept. */
  async function opened(url = server.url, scheme: 'light' | 'dark' = 'light', has = '.box'): Promise<Page> {
    const page = await browser.newPage({ colorScheme: scheme, viewport: { width: 1400, height: 900 } })
    page.on('pageerror', (error) => troubles.push(error.message))
    page.on('console', (message) => { if (message.type() === 'error' && !/ERR_|401/.test(message.text())) troubles.push(message.text()) })
    await page.goto(url)
    await page.waitForSelector(has, WAIT)
    return page
  }

  it('marks the bottleneck, says why, and shows its figures', async () => {
    const page = await opened()
    await page.waitForSelector('.box.culprit', WAIT)
    expect(await page.textContent('.box.culprit .title')).toBe('enrich')
    expect(await page.textContent('.banner')).toContain('enrich')
    await page.click('.banner button')
    await page.waitForSelector('.panel')
    expect(await page.textContent('.panel')).toMatch(/enrich[\s\S]*working[\s\S]*Queue behind it/)
    // The token is nowhere to be seen, and asks for nothing when the page is loaded again.
    expect(page.url()).not.toContain(server.token)
    await page.reload()
    await page.waitForSelector('.box', WAIT)
    await page.close()
  })

  it('pauses, resumes, and stops when that is confirmed', async () => {
    const own = slow('steered')
    const page = await opened()
    await page.click('.run-card:has-text("steered")')
    await page.waitForSelector('h1:has-text("steered")', WAIT)
    await page.click('button:text-is("Pause")')
    await expect.poll(() => own.status, WAIT).toBe('paused')
    await page.waitForSelector('button:text-is("Resume")')
    await page.keyboard.press('p')
    await expect.poll(() => own.status, WAIT).toBe('running')
    await page.click('button:text-is("Stop")')
    await page.click('#confirm button[value=no]')
    expect(own.status).toBe('running')
    await page.click('button:text-is("Stop")')
    expect(await page.textContent('#confirm p')).toMatch(/^Stop 'steered'\? .* \d+ values in flight/)
    await page.click('#confirm button[value=yes]')
    await expect.poll(() => own.status, WAIT).toBe('completed')
    await page.waitForSelector('.runs :text("completed")', WAIT)
    expect(await page.textContent('.events')).toMatch(/told to stop: steered[\s\S]*resumed steered[\s\S]*paused steered/)
    await page.close()
  })

  it('names and values stay text', async () => {
    const own = from([{ note: EVIL }]).pipe(map(() => { throw new Error(EVIL) }, { name: EVIL })).to(drain({ name: `${EVIL} sink` })).run({ name: `evil ${EVIL}` })
    await own.catch(() => {})
    const page = await opened()
    await page.click('.run-card:has-text("evil")')
    await page.waitForSelector('.banner.problem', WAIT)
    expect(await page.textContent('.banner.problem')).toContain(EVIL)
    await page.keyboard.press('t')
    await page.waitForSelector('.stages')
    await page.click('.stages tbody tr:nth-child(2) button')
    await page.waitForSelector('.panel')
    expect(await page.evaluate(`[typeof hacked, document.querySelectorAll('img, #app script').length]`)).toEqual(['undefined', 0])
    await page.close()
  })

  it('shows the values that leave a stage while somebody looks, and the items that failed; a recording tells of these again', async () => {
    const own = from(orders(), { name: 'orders' })
      .pipe(map((id) => ({ id, password: 'p', note: EVIL }), { name: 'parse' }), map((order) => { if (order.id % 50 === 0) throw new Error(EVIL); return order }, { name: 'check', onError: 'skip' }), mapAsync(async (order) => { await sleep(5); return order }, { concurrency: 2, name: 'enrich' }))
      .to(drain({ name: 'table' })).run({ name: 'leaky' })
    own.catch(() => {})
    const page = await opened()
    await page.click('.run-card:has-text("leaky")')
    await page.waitForSelector('h1:has-text("leaky")', WAIT)
    await page.waitForSelector('.failures li', WAIT)
    expect(await page.textContent('.failures li')).toMatch(/skipped.*check[\s\S]*Error: <img src=x[\s\S]*"password":"•••"[\s\S]*page\.test\.ts/)
    await page.click('.failures li button')
    expect(await page.textContent('.panel')).toMatch(/enrich[\s\S]*check/)
    expect(await page.locator('.values ol').count()).toBe(0)
    await page.click('button:text-is("Show values")')
    await page.waitForSelector('.values li', WAIT)
    expect(await page.textContent('.values li')).toContain('"password":"•••","note":"<img src=x onerror=')
    expect(await page.evaluate(`[typeof hacked, document.querySelectorAll('img, #app script').length]`)).toEqual(['undefined', 0])
    // Calls at once, while it runs.
    await page.fill('.adjust input', '7')
    await page.press('.adjust input', 'Enter')
    await expect.poll(() => own.stats().stages.find(({ id }) => id === 'enrich')?.calls?.concurrency, WAIT).toBe(7)
    await page.waitForSelector('.note:has-text("concurrency of enrich 2 → 7")', WAIT)
    // A click on a line looks into the stage that it comes from.
    await page.click('.values button:text-is("Stop")')
    await page.waitForSelector('.values ol', { state: 'detached' })
    await page.evaluate(`document.querySelector('.edge-target').dispatchEvent(new MouseEvent('click', { bubbles: true }))`)
    await page.waitForSelector('.values li', WAIT)
    await page.click('button:text-is("Hold")')
    const held = await page.textContent('.values li')
    await sleep(600)
    expect(await page.textContent('.values li')).toBe(held)
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'))
    expect(await page.evaluate(`axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + nodes.map(({ html }) => html)))`)).toEqual([])
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('button:text-is("Save recording")')])
    await own.abort()
    await page.setInputFiles('input[type=file]', await download.path())
    await page.waitForSelector('.link.recording', WAIT)
    await page.waitForSelector('.failures li', WAIT)
    expect(await page.locator('.values').count()).toBe(0)
    await page.close()
  })

  it('finds the program again after a restart, and says where the address is when the token is another one', async () => {
    const first = await inspect({ token: TOKEN })
    const before = slow('before')
    const page = await opened(first.url)
    await page.waitForSelector('h1:has-text("before")', WAIT)
    await first.close()
    await before.abort()
    await page.waitForSelector('.link.lost', WAIT)
    const second = await inspect({ token: TOKEN, port: first.port })
    const after = slow('after')
    await page.waitForSelector('h1:has-text("after")', WAIT)
    await second.close()
    await after.abort()
    const third = await inspect({ port: first.port })
    await page.waitForSelector('.link.refused', WAIT)
    expect(await page.textContent('main')).toContain('open the address that it has printed')
    await third.close()
    await page.close()
  })

  it('a hidden tab closes its stream, and comes back', async () => {
    const page = await opened()
    const hide = (hidden: boolean) => page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true }); document.dispatchEvent(new Event('visibilitychange'))`)
    await hide(true)
    await page.waitForSelector('.link.hidden', WAIT)
    await hide(false)
    await page.waitForSelector('.link.live', WAIT)
    await page.close()
  })

  it('is used by keys alone', async () => {
    const page = await opened()
    const titleOf = () => page.evaluate(`document.activeElement.querySelector('.title')?.textContent`)
    await page.focus('.box[tabindex="0"]')
    const start = await titleOf()
    await page.keyboard.press('ArrowRight')
    expect(await titleOf()).not.toBe(start)
    await page.keyboard.press('ArrowLeft')
    expect(await titleOf()).toBe(start)
    await page.keyboard.press('Enter')
    await page.waitForSelector('.panel')
    await page.keyboard.press('Escape')
    await page.waitForSelector('.panel', { state: 'detached' })
    await page.keyboard.press('/')
    await page.keyboard.type('enrich')
    await page.waitForSelector('.panel:has-text("enrich")')
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.waitForSelector('#help[open]')
    await page.close()
  })

  it('saves what was seen, and opens that again without the program', async () => {
    const page = await opened()
    await sleep(2500)
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('button:text-is("Save recording")')])
    const file = await download.path()
    const bytes = readFileSync(file)
    await page.setInputFiles('input[type=file]', { name: 'cut.sluice.gz', mimeType: 'application/gzip', buffer: bytes.subarray(0, bytes.length - 40) })
    await page.waitForSelector('.link.recording', WAIT)
    await page.waitForSelector('.box', WAIT)
    expect(await page.textContent('h1')).toBe('orders')
    expect(await page.locator('button:text-is("Pause")').count()).toBe(0)
    await page.fill('.scrubber input', '5')
    expect(await page.textContent('.link')).toContain('recording')
    await page.close()
    const other = await opened()
    await other.setInputFiles('input[type=file]', { name: 'x.gz', mimeType: 'application/gzip', buffer: Buffer.from('nonsense') })
    await other.waitForSelector('.note:has-text("no recording")', WAIT)
    await other.close()
  })

  it.each(['light', 'dark'] as const)('axe finds nothing to complain of: %s', async (scheme) => {
    const page = await opened(server.url, scheme)
    await page.waitForSelector('.box.culprit', WAIT)
    await page.click('.banner button')
    await page.waitForSelector('.panel')
    const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    const violations = async () => page.evaluate(`axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html + failureSummary).join('; ')))`)
    await page.evaluate(axe)
    expect(await violations()).toEqual([])
    await page.keyboard.press('t')
    await page.waitForSelector('.stages')
    expect(await violations()).toEqual([])
    await page.keyboard.press('?')
    expect(await violations()).toEqual([])
    await page.close()
  })

  it('draws two hundred stages, in rows, while figures come ten times a second', async () => {
    let source = from(orders(), { name: 'many' })
    for (let i = 0; i < 100; i++) source = source.pipe(map((n: number) => n, { name: `shape ${i}` }), mapAsync(async (n: number) => n, { concurrency: 2, name: `call ${i}` }))
    const own = source.to(drain()).run({ name: 'wide' })
    own.catch(() => {})
    const page = await opened()
    await page.click('.run-card:has-text("wide")')
    await expect.poll(() => page.locator('.box').count(), WAIT).toBeGreaterThan(100)
    const rows = await page.evaluate(`new Set([...document.querySelectorAll('.box')].map((box) => box.getAttribute('transform').split(' ')[1])).size`)
    expect(rows).toBeGreaterThan(3)
    const frames = await page.evaluate(`(async () => {
      let count = 0
      for (const end = performance.now() + 3000; performance.now() < end; count++) await new Promise(requestAnimationFrame)
      return count / 3
    })()`)
    expect(frames).toBeGreaterThan(8)
    await page.close()
    await own.abort()
  })

  it('nothing went wrong in any of these pages: no error, and nothing that the policy refused', () => {
    expect(troubles).toEqual([])
  })
})
