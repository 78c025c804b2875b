import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { never, drain, type Run } from '@sluice/core'
import { ask, framesOf, raw } from '../../test/http'
import { inspect, type Inspector } from './inspect'
import { Secret } from './secret'

let page: Inspector
let run: Run<unknown>
let port: number
let auth: Record<string, string>
const json = { 'content-type': 'application/json' }

beforeAll(async () => {
  run = never().to(drain()).run({ name: 'secure' })
  run.catch(() => {})
  page = await inspect(run)
  port = page.port
  auth = { authorization: `Bearer ${page.token}` }
})
afterAll(async () => {
  await page.close()
  await run.abort()
})

it('1: listens on loopback and nowhere else', async () => {
  expect((await ask(port, '/')).status).toBe(200)
  const outside = Object.values(networkInterfaces()).flat().filter((address) => address && !address.internal && address.family === 'IPv4')
  for (const address of outside) await expect(ask(port, '/', { host: address!.address })).rejects.toThrow('ECONNREFUSED')
  for (const host of ['0.0.0.0', '::', '']) await expect(inspect({ host })).rejects.toThrow('host')
})

it('2: a foreign Host is refused on every route', async () => {
  for (const path of ['/', '/stream', '/history?run=1', '/tap?run=1&stage=never', '/control', '/nowhere']) {
    for (const host of ['evil.example', `evil.example:${port}`, `localhost6:${port}`, `127.0.0.1:${port + 1}`, '127.0.0.1', `127.0.0.1.evil.example:${port}`, `LOCALHOST.:${port}`, `0.0.0.0:${port}`]) {
      expect((await ask(port, path, { headers: { ...auth, host } })).status).toBe(403)
    }
  }
  for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`]) expect((await ask(port, '/', { headers: { host } })).status).toBe(200)
  expect(await raw(port, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 40[03]/)
})

it('3: nothing but the bare page is there without the token, which is in the fragment', async () => {
  expect(page.url).toBe(`http://127.0.0.1:${port}/#${page.token}`)
  expect(Buffer.from(page.token, 'base64url').length).toBe(32)
  const { body, headers } = await ask(port, '/')
  expect(body).not.toContain('secure')
  expect(body).not.toContain(page.token)
  expect(headers['set-cookie']).toBeUndefined()
  for (const path of ['/stream', '/history?run=1', '/tap?run=1&stage=never', '/control', `/stream?token=${page.token}`, '/anything']) {
    expect((await ask(port, path)).status).toBe(401)
    expect((await ask(port, path, { headers: { authorization: 'Bearer wrong' } })).status).toBe(401)
  }
  expect((await ask(port, '/history?run=1', { headers: auth })).status).toBe(200)
})

it('4: a foreign Origin is refused on every route, null and other ports too', async () => {
  for (const origin of ['null', 'https://evil.example', `https://127.0.0.1:${port}`, `http://127.0.0.1:${port + 1}`, 'http://127.0.0.1', `http://127.0.0.1:${port}.evil.example`, 'file://', '']) {
    for (const path of ['/', '/stream', '/control']) expect((await ask(port, path, { headers: { ...auth, origin } })).status).toBe(403)
  }
  expect((await ask(port, '/history?run=1', { headers: { ...auth, origin: `http://localhost:${port}` } })).status).toBe(200)
})

it('5: no answer may be read or loaded by another site', async () => {
  for (const [path, headers] of [['/', {}], ['/stream', {}], ['/history?run=1', auth], ['/nowhere', auth]] as const) {
    const answer = await ask(port, path, { headers })
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    expect(answer.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin', 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' })
    expect(answer.headers['content-type']).not.toContain('script')
  }
  expect((await ask(port, '/control', { method: 'OPTIONS', headers: { origin: `http://127.0.0.1:${port}` } })).status).toBe(401)
})

it('6: every upgrade is refused, with the token too', async () => {
  const upgrade = `GET /stream HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${page.token}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n`
  expect(await raw(port, upgrade)).not.toContain('101')
  expect(await raw(port, `CONNECT example.org:443 HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)).not.toContain('200')
})

it('7: what is malformed is refused, and the server lives on', async () => {
  for (const bytes of ['nonsense\r\n\r\n', `GET // HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`, `GET http://[ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`,
    `GET /%E0%A4%A HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`, 'GET / HTTP/1.1\r\nHost: [::\r\nConnection: close\r\n\r\n', `GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n`]) {
    expect(await raw(port, bytes)).toMatch(/^HTTP\/1.1 4\d\d/)
  }
  for (const body of ['', '{', 'null', '[]', '"x"', '{"run":1}', '{"run":"1","action":"pause"}', '{"run":1,"action":"__proto__"}', '{"run":1,"action":"concurrency","stage":"a","value":"9"}']) {
    expect((await ask(port, '/control', { method: 'POST', headers: { ...auth, ...json }, body })).status).toBe(400)
  }
  expect((await ask(port, '/history?run=1', { headers: auth })).status).toBe(200)
})

it('8: controls are POST, JSON, small, known and not too many', async () => {
  const post = (body: string, headers: Record<string, string> = json) => ask(port, '/control', { method: 'POST', headers: { ...auth, ...headers }, body })
  expect((await ask(port, '/control', { headers: auth })).status).toBe(404)
  expect((await post('{"run":1,"action":"pause"}', { 'content-type': 'text/plain' })).status).toBe(415)
  expect((await post(`{"run":1,"action":"pause","x":"${'x'.repeat(5000)}"}`)).status).toBe(413)
  expect((await post('{"run":99,"action":"pause"}')).status).toBe(404)
  expect(run.status).toBe('running')
  expect((await post('{"run":1,"action":"pause"}')).status).toBe(200)
  expect(run.status).toBe('paused')
  expect((await post('{"run":1,"action":"resume"}')).status).toBe(200)
  expect(run.status).toBe('running')
  const many = await Promise.all(Array.from({ length: 30 }, () => post('{"run":1,"action":"resume"}')))
  expect(many.filter(({ status }) => status === 429).length).toBeGreaterThan(0)
})

it('8: twenty wrong tokens shut the door for a minute', () => {
  let now = 0
  const secret = new Secret(undefined, () => now)
  for (let i = 0; i < 20; i++) expect(secret.admits('Bearer wrong')).toBe('no')
  expect(secret.admits(`Bearer ${secret.token}`)).toBe('locked')
  now = 60_001
  expect(secret.admits(`Bearer ${secret.token}`)).toBe('yes')
})

it('8: at most eight pages are open at once', async () => {
  const own = await inspect(run)
  const gone = new AbortController()
  const streams = await Promise.all(Array.from({ length: 8 }, async () => {
    const stream = framesOf(own.url, '/stream', gone.signal)
    await stream.next()
    return stream
  }))
  expect((await ask(own.port, '/stream', { headers: { authorization: `Bearer ${own.token}` } })).status).toBe(503)
  gone.abort()
  await Promise.allSettled(streams.map((stream) => stream.next()))
  await own.close()
})

it('9: the page may load nothing, and its script and style are named by their hashes', async () => {
  const { headers, body } = await ask(port, '/')
  const policy = headers['content-security-policy'] as string
  expect(policy).toMatch(/default-src 'none'; script-src 'sha256-[\w+/]+=*'; style-src 'sha256-[\w+/]+=*'; connect-src 'self';/)
  for (const part of ["base-uri 'none'", "frame-ancestors 'none'", "form-action 'none'", "require-trusted-types-for 'script'"]) expect(policy).toContain(part)
  expect(policy).not.toMatch(/unsafe|\*|https?:/)
  expect(body).not.toMatch(/<script[^>]+src|<link[^>]+href="(?!data:)/)
})

it('11: the server reads no file, whatever is asked for', async () => {
  for (const path of ['/../package.json', '/%2e%2e/package.json', '/etc/passwd', '/@fs/etc/passwd', '/open?file=/etc/passwd', '/.git/config']) {
    expect((await ask(port, path, { headers: auth })).status).toBe(404)
  }
})

it('12: is off in production unless it is wanted there', async () => {
  const before = process.env['NODE_ENV']
  process.env['NODE_ENV'] = 'production'
  try {
    await expect(inspect(run)).rejects.toThrow('allowProduction')
    const allowed = await inspect(run, { allowProduction: true })
    await allowed.close()
  } finally {
    process.env['NODE_ENV'] = before
  }
})

it('12: without controls nothing can be steered', async () => {
  const own = await inspect(run, { controls: false })
  const answer = await ask(own.port, '/control', { method: 'POST', headers: { authorization: `Bearer ${own.token}`, ...json }, body: '{"run":1,"action":"pause"}' })
  expect(answer.status).toBe(403)
  expect(run.status).toBe('running')
  await own.close()
})

it('refuses options that cannot work, by their names', async () => {
  await expect(inspect({ prot: 1 } as never)).rejects.toThrow("prot")
  await expect(inspect(run, { token: 'short' })).rejects.toThrow('token')
  await expect(inspect(run, { port: 70_000 })).rejects.toThrow('port')
  await expect(inspect(run, { port: page.port })).rejects.toThrow('EADDRINUSE')
  await expect(inspect(run, { record: '/nowhere/at/all' })).rejects.toThrow('ENOENT')
})
