import { execFile, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, statSync, writeFileSync, chmodSync, symlinkSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { announce, discoveryFolder, inspectedProcesses } from './discovery'
import { settingsOf } from './server/settings'
import { readRuns } from './terminal/watch/read-runs'

/** The register and programs, bundled side by side with one core: as they are installed, but without a build of the packages. */
let folder: string
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'register-'))
  const programs = {
    short: `import { count, range } from '@sluice/core'\nconsole.log('done', await range(0, 10).to(count()).run({ name: 'short' }))`,
    exits: `import { count, range } from '@sluice/core'\nawait range(0, 10).to(count()).run({ name: 'exits' })\nprocess.exit(3)`,
    crashes: `import { count, range } from '@sluice/core'\nawait range(0, 10).to(count()).run({ name: 'crashes' })\nthrow new Error('on purpose')`,
    serious: `import { count, range } from '@sluice/core'\nawait range(0, 10).to(count()).run({ name: 'serious' })\nprocess.exitCode = 7`,
    none: `console.log('no run')`,
    long: `import { drain, never } from '@sluice/core'\nsetTimeout(() => {}, 60_000)\nnever().to(drain()).run({ name: 'long' }).catch(() => {})`,
    thread: `import { Worker, isMainThread } from 'node:worker_threads'\nimport { count, range } from '@sluice/core'\nif (isMainThread) new Worker(new URL(import.meta.url)).on('exit', () => console.log('thread over'))\nelse await range(0, 10).to(count()).run()`,
  }
  for (const [name, text] of Object.entries(programs)) writeFileSync(join(folder, `${name}.ts`), text)
  await build({
    entryPoints: { register: at('register.ts'), ...Object.fromEntries(Object.keys(programs).map((name) => [name, join(folder, `${name}.ts`)])) },
    outdir: folder, outExtension: { '.js': '.mjs' }, bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'es2022', external: ['@sluice/inspector/page'],
    alias: { '@sluice/core/authoring': at('../../core/src/authoring.ts'), '@sluice/core': at('../../core/src/index.ts') }, logLevel: 'error',
  })
}, 60_000)
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

const args = (name: string): string[] => ['--import', pathToFileURL(join(folder, 'register.mjs')).href, join(folder, `${name}.mjs`)]
const play = (name: string, settings = '', env: Record<string, string> = {}): Promise<{ stdout: string; stderr: string; code: number }> => new Promise((resolve) => {
  const child = execFile(process.execPath, args(name), { timeout: 15_000, env: { ...process.env, NODE_ENV: 'test', SLUICE_INSPECT: settings, ...env } }, (error, stdout, stderr) => {
    resolve({ stdout, stderr, code: error === null ? 0 : (child.exitCode ?? -1) })
  })
})

it('a short program ends as if nobody looked, and without a run nothing is opened', { timeout: 40_000 }, async () => {
  expect(await play('short')).toMatchObject({ stdout: 'done 10\n', code: 0 })
  expect(await play('none')).toEqual({ stdout: 'no run\n', stderr: '', code: 0 })
})

it.each([['short', 0], ['exits', 3], ['crashes', 1]])('a recording is whole to its last second when the program has ended: %s', { timeout: 40_000 }, async (name, code) => {
  const file = join(folder, `${name}.gz`)
  expect(await play(name, `record=${file}`)).toMatchObject({ code })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  // Ended as gzip is, with its sum: browsers refuse what is not.
  expect(gunzipSync(readFileSync(file)).toString()).toMatch(/^\{"t":"hello"/)
  const { runs } = await readRuns(file)
  expect(runs.list().map((run) => run.stats())).toMatchObject([{ name, status: 'completed', totals: { delivered: 10 } }])
})

it('page=false records, and opens nothing, in production too', { timeout: 40_000 }, async () => {
  const file = join(folder, 'quiet.gz')
  expect(await play('short', `page=false,record=${file}`, { NODE_ENV: 'production' })).toEqual({ stdout: 'done 10\n', stderr: '', code: 0 })
  const { runs, isWhole } = await readRuns(file)
  expect([isWhole, runs.list().map((run) => run.stats().name)]).toEqual([true, ['short']])
  const { stdout, stderr } = await play('short', `page=false,record=${join(folder, 'no/such/folder')}`)
  expect([stdout, stderr]).toEqual(['done 10\n', expect.stringMatching(/^sluice: nothing is recorded: ENOENT/)])
})

it('stay: the page of a program that has ended stays until Ctrl-C, and then the process has the exit code of the program', { timeout: 40_000 }, async () => {
  const child = spawn(process.execPath, args('serious'), { env: { ...process.env, NODE_ENV: 'test', SLUICE_INSPECT: 'stay' }, stdio: ['ignore', 'ignore', 'pipe'] })
  const exit = new Promise((resolve) => { child.once('exit', (...ended) => { resolve(ended) }) })
  try {
    let told = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => { told += text })
    await expect.poll(() => told, { timeout: 15_000 }).toMatch(/has ended. Its page stays at http:\S+ until Ctrl-C\.\n/)
    const [base, token] = (/http:\S+/.exec(told)?.[0] as string).split('#') as [string, string]
    const history = await fetch(`${base}history?run=1`, { headers: { authorization: `Bearer ${token}` } })
    expect(history.status).toBe(200)
    child.kill('SIGINT')
    expect(await exit).toEqual([7, null])
  } finally {
    child.kill('SIGKILL')
  }
})

it('threads open no port', { timeout: 40_000 }, async () => {
  expect(await play('thread')).toEqual({ stdout: 'thread over\n', stderr: '', code: 0 })
})

it('a program whose page cannot be served goes on, and a line says why', { timeout: 40_000 }, async () => {
  const { stdout, stderr, code } = await play('short', '', { NODE_ENV: 'production' })
  expect([stdout, code]).toEqual(['done 10\n', 0])
  expect(stderr).toMatch(/^sluice: the page is not served: .*allowProduction/)
})

it('prints one line, serves the run from its beginning, and leaves a note for the same user only', { timeout: 40_000 }, async () => {
  const child = spawn(process.execPath, args('long'), { env: { ...process.env, NODE_ENV: 'test', SLUICE_INSPECT: 'port=0' }, stdio: ['ignore', 'ignore', 'pipe'] })
  try {
    let told = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => { told += text })
    await expect.poll(() => told, { timeout: 15_000 }).toMatch(/\n/)
    const url = /http:\S+/.exec(told)?.[0] as string
    expect(told.trim().split('\n')).toHaveLength(1)
    await expect.poll(() => inspectedProcesses().find(({ pid }) => pid === child.pid)?.url, { timeout: 5000 }).toBe(url)
    expect(statSync(discoveryFolder()).mode & 0o777).toBe(0o700)
    expect(statSync(join(discoveryFolder(), `${child.pid}.json`)).mode & 0o777).toBe(0o600)
    const [base, token] = url.split('#') as [string, string]
    const history = await fetch(`${base}history?run=1`, { headers: { authorization: `Bearer ${token}` } })
    expect(history.status).toBe(200)
  } finally {
    child.kill('SIGKILL')
  }
  await new Promise((resolve) => { child.once('exit', resolve); if (child.exitCode !== null || child.signalCode !== null) resolve(undefined) })
  expect(inspectedProcesses().some(({ pid }) => pid === child.pid)).toBe(false)
})

it('a note is not written through a link, and one that others may read is not believed', () => {
  const victim = join(folder, 'victim')
  writeFileSync(victim, 'untouched')
  announce({ pid: 1, url: 'x', title: 'x', startedAt: 1 })?.()
  symlinkSync(victim, join(discoveryFolder(), '1.json'))
  const withdraw = announce({ pid: 1, url: 'http://127.0.0.1:1/#t', title: 'init', startedAt: 1 })
  expect(readFileSync(victim, 'utf8')).toBe('untouched')
  expect(inspectedProcesses()).toContainEqual({ pid: 1, url: 'http://127.0.0.1:1/#t', title: 'init', startedAt: 1 })
  chmodSync(join(discoveryFolder(), '1.json'), 0o644)
  expect(inspectedProcesses().some(({ pid }) => pid === 1)).toBe(false)
  withdraw?.()
})

it('reads its settings, and refuses those that it does not know', () => {
  expect(settingsOf(undefined)).toEqual({})
  expect(settingsOf('port=0, record=a=b.gz,controls=false')).toEqual({ port: 0, record: 'a=b.gz', controls: false })
  expect(() => settingsOf('prot=1')).toThrow('prot')
})
