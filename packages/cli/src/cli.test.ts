import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { runProgram, type Program } from '../../inspector/test/run-in-terminal'
import { sqliteQueue } from '@sluice/adapters/sqlite'
import { programFile } from './program'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const root = at('../../..')
/** The command line as it is built, from the sources of today, beside the package, so that what it depends on is found. */
const built = at(`../out/test-${process.pid}`)
const files = at('../test')
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-cli-'))
  const sources = ['index', 'look/look', 'look/show-top'].map((name) => at(`./${name}.ts`))
  await build({ entryPoints: [...sources, at('../../inspector/src/register.ts')], outdir: built, outbase: root, bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'es2022',
    tsconfig: join(root, 'tsconfig.json'), external: ['@sluice/inspector/page', '@sluice/inspector/register'], logLevel: 'error', banner: { js: "import { createRequire as __r } from 'node:module'; const require = __r(import.meta.url);" } })
  writeFileSync(join(built, 'sluice.mjs'), "import { main } from './packages/cli/src/index.js'\nprocess.exitCode = await main(process.argv.slice(2))\n")
  const inspector = join(built, 'node_modules/@sluice/inspector')
  mkdirSync(inspector, { recursive: true })
  writeFileSync(join(inspector, 'package.json'), JSON.stringify({ type: 'module', exports: { './register': './register.js' } }))
  writeFileSync(join(inspector, 'register.js'), "import '../../../packages/inspector/src/register.js'\n")
})
afterAll(() => {
  rmSync(built, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
})

const sluice = (args: readonly string[], options: Parameters<typeof runProgram>[1] = {}): Program => runProgram([process.execPath, join(built, 'sluice.mjs'), ...args], options)
const said = async (...args: string[]): Promise<{ code: number | null; text: string }> => {
  const program = sluice(args)
  const { code } = await program.ended
  return { code, text: program.text() }
}
/** Only what stands on stdout. */
const answered = (...args: string[]): string => execFileSync(process.execPath, [join(built, 'sluice.mjs'), ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, TSX_TSCONFIG_PATH: join(root, 'examples/tsconfig.run.json') } })

describe('sluice graph', () => {
  it('draws an exported pipeline; what the file prints is not in the drawing, and no name is more than text', () => {
    expect(answered('graph', `${files}/two.ts`, '--export', 'first')).toBe('flowchart LR\n  s0(["range"])\n  s1["a#34;b<br/>map"]\n  s2["buffer"]\n  s3[["drain"]]\n  s0 --> s1\n  s1 --> s2\n  s2 -->|"up to 16, drop-oldest"| s3\n')
    expect(answered('graph', `${files}/two.ts`, '--export', 'first', '--format', 'dot')).toContain(String.raw`s1 [label="a\"b\nmap", shape=box]`)
    expect(answered('graph', `${files}/two.ts`, '--export', 'first', '--format', 'svg')).toMatch(/^<svg [^]*<title>first<\/title>[^]*a&quot;b[^]*<\/svg>\n$/)
    expect(JSON.parse(answered('graph', `${files}/two.ts`, '--export', 'second', '--format', 'json'))).toMatchObject({ schema: 1, of: 'pipeline', edges: [{ from: 'range', to: 'drain' }] })
  }, 60_000)

  it('draws what comes to run() where nothing is exported, and runs nothing', async () => {
    const { code, text } = await said('graph', `${files}/runs.ts`)
    expect([code, text]).toEqual([0, 'flowchart LR\n  s0(["range"])\n  s1["call<br/>mapAsync<br/>2 at once"]\n  s2[["forEach<br/>1 at once<br/>holds up to 1"]]\n  s0 --> s1\n  s1 -->|"up to 4"| s2\n'])
  }, 60_000)

  it.each([
    [['graph', `${files}/two.ts`], 'several pipelines: say which one by --export. There are first, second'],
    [['graph', `${files}/two.ts`, '--export', 'third'], 'has no pipeline "third". There are first, second'],
    [['graph', `${files}/none.ts`], 'exports no pipeline, and none came to run()'], [['graph', '/no/such.ts'], 'No such file: /no/such.ts'],
    [['explain', `${files}/two.ts`, '--format', 'svg'], 'unknown option --format'],
  ])('%j is refused, with exit code 2', async (args, message) => {
    const { code, text } = await said(...args)
    expect(text).toContain(message)
    expect(code).toBe(2)
  }, 60_000)

  it('says why a file failed before it came to a pipeline', async () => {
    const file = join(folder, 'broken.mjs')
    writeFileSync(file, "throw new Error('broken\\u001b[2J')\n")
    expect(await said('graph', file)).toEqual({ code: 1, text: `sluice: ${file} failed before it came to a pipeline: Error: broken\n    at file://${file}:1:7\n` })
  }, 60_000)
})

describe('sluice explain', () => {
  it('tells what is held and dropped', async () => {
    const { code, text } = await said('explain', `${files}/two.ts`, '--export', 'second')
    expect(text).toContain('It holds at most 0 values')
    expect(code).toBe(0)
    expect(answered('explain', `${files}/two.ts`)).toMatch(/^first\n[^]*It holds at most 16 values[^]*Drops values because of when they come: buffer[^]*\n\nsecond\n/)
  }, 60_000)

  it('answers exit code 1 where something may go wrong, and no name is more than text', async () => {
    const { code, text } = await said('explain', `${files}/hazard.ts`)
    expect(text).toMatch(/^! groups-starved: /m)
    expect(text).toMatch(/^ {2}by ! {2}\[2Jparity +holds /m)
    expect(text).not.toContain('\u001b')
    expect(code).toBe(1)
    // A name of one space is no reason to take away all others.
    expect(answered('explain', `${files}/wide.ts`, '--export', 'odd')).toMatch(/^odd\n {2}a b +holds 0 [^\n]*\n {13,}holds 0 [^\n]*\n {3}\]0;title +holds 0 [^\n]*\n {2}two lines +holds 0 [^\n]*\nIt holds at most 0 values/)
  }, 60_000)
})

describe('sluice open', () => {
  const recorded = (frames: readonly object[]): string => {
    const file = join(folder, 'given.sluice.gz')
    writeFileSync(file, gzipSync(frames.map((frame) => `${JSON.stringify(frame)}\n`).join('')))
    return file
  }
  const hello = { t: 'hello', v: 1 }

  it.each([
    ['no run in it', [hello], 0, 'The recording holds no run.\n'],
    ['a frame that lacks its figures', [hello, { t: 'full', run: 1 }], 1, 'is damaged: '],
    ['figures that make no sense', [hello, { t: 'full', run: 1, n: 1, paths: [], stats: { stages: [{}] } }], 1, 'is damaged: '],
    ['another version', [{ t: 'hello', v: 9 }], 1, 'is a recording of version 9'],
  ])('tells of a recording with %s in one line', async (_what, frames, code, says) => {
    const told = await said('open', recorded(frames))
    expect(told).toEqual({ code, text: expect.stringContaining(says) })
    expect(told.text.trim().split('\n')).toHaveLength(1)
  }, 60_000)

  it('tells the latest events, how many came before, and that a recording was cut off', async () => {
    const event = (n: number): object => ({ t: 'event', at: 0, run: null, kind: 'found', text: `event ${n}.` })
    const file = recorded([hello, ...Array.from({ length: 10_002 }, (_, n) => event(n))])
    const { text } = await said('open', file)
    expect(text).toMatch(/^The recording holds no run.\n2 earlier events are left out.\n1970-01-01T00:00:00.000Z {2}event 2\.\n[^]*event 10001\.\n$/)
    writeFileSync(file, readFileSync(file).subarray(0, -9))
    expect((await said('open', file)).text).toMatch(/^The recording was cut off: this is how things stood then.\n/)
  }, 60_000)
})

describe('whoever reads only a part of the answer', () => {
  it.runIf(process.platform !== 'win32')('has what he wants: nothing is said on stderr, and the exit code is that of the command', () => {
    const { stdout, stderr } = spawnSync('sh', ['-c', '("$@"; echo "code $?" >&2) | head -c 4', 'sh', process.execPath, join(built, 'sluice.mjs'), 'graph', `${files}/wide.ts`, '--export', 'wide', '--format', 'svg'],
      { encoding: 'utf8', env: { ...process.env, TSX_TSCONFIG_PATH: join(root, 'examples/tsconfig.run.json') } })
    expect([stdout, stderr]).toEqual(['<svg', 'code 0\n'])
  }, 60_000)
})

describe('programFile', () => {
  it('reads TypeScript with the tsconfig.json above the file, where that is not the one of the folder the command is given in', () => {
    vi.stubEnv('TSX_TSCONFIG_PATH', undefined)
    const project = join(folder, 'project')
    mkdirSync(join(project, 'src'), { recursive: true })
    const file = join(project, 'src/main.ts')
    writeFileSync(file, '')
    writeFileSync(join(project, 'tsconfig.json'), '{}')
    expect(programFile(file).env).toEqual({ TSX_TSCONFIG_PATH: join(project, 'tsconfig.json') })
    expect(programFile(join(root, 'vitest.config.ts')).env).toEqual({})
    vi.stubEnv('TSX_TSCONFIG_PATH', 'chosen.json')
    expect(programFile(file).env).toEqual({})
    expect(() => programFile(project)).toThrow(`Not a file: ${project}`)
    vi.unstubAllEnvs()
  })
})

describe('sluice run', () => {
  it('runs a program with its own arguments, and answers its exit code', async () => {
    expect(await said('run', `${files}/runs.ts`, '--', 'badly', '2')).toEqual({ code: 7, text: 'did 0\ndid 1\n' })
  }, 60_000)

  it('--record writes what happens into a file, which open tells of when the program has ended', async () => {
    const file = join(folder, 'run.sluice.gz')
    // Nothing is served by that.
    expect(await said('run', `${files}/runs.ts`, '--record', file)).toEqual({ code: 0, text: 'did 0\ndid 1\ndid 2\ndid 3\ndid 4\n' })
    const { code, text } = await said('open', file)
    expect(text).toMatch(/^numbers: completed after [^]*, 5 done/)
    expect(code).toBe(0)
  }, 60_000)

  it('--top tells of its runs without a terminal, too', async () => {
    const { code, text } = await said('run', `${files}/runs.ts`, '--top')
    expect(code).toBe(0)
    expect(text).toMatch(/numbers completed [\d.]+\/s done=5 lost=0/)
  }, 60_000)

  it('--top shows them on a terminal; Ctrl-C ends the program, and the terminal is given back', async () => {
    const program = sluice(['run', `${files}/runs.ts`, '--top', '--', 'well', '100000'], { isTerminal: true })
    await program.says(/numbers ▶[^]*did \d/)
    program.type('\u0003')
    expect(await program.ended).toMatchObject({ code: 130 })
    expect(program.text().lastIndexOf('\u001b[?25h')).toBeGreaterThan(program.text().lastIndexOf('\u001b[?25l'))
  }, 60_000)
})

it('sluice ps lists nothing where nothing is inspected; what needs a process says how to start one', async () => {
  expect(await said('diagnose', '--pid', '1')).toMatchObject({ code: 2 })
  expect((await said('diagnose', '--for', 'soon')).text).toContain('--for takes a time such as 500ms, 10s or 2m, got "soon"')
}, 60_000)

describe('sluice dlq', () => {
  /** A project that has the adapters. */
  const project = join(root, 'examples/ip-join')
  const dlq = (...args: string[]): { readonly code: number | null; readonly out: string; readonly err: string } => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(built, 'sluice.mjs'), 'dlq', ...args], { cwd: project, encoding: 'utf8' })
    return { code: status, out: stdout, err: stderr }
  }

  it('lists the dead letters of a queue, puts them back, and deletes those that are named', async () => {
    const file = join(folder, 'jobs.db')
    const queue = sqliteQueue(file, { name: 'orders' })
    const { signal } = new AbortController()
    await queue.open(signal)
    await queue.put([1, 2, 3].map((n) => ({ body: new Uint8Array([1, 1, 48 + n]) })))
    const leases = await queue.take(3, 0, signal)
    await queue.settle(leases, leases.map(() => ({ do: 'dead', reason: 'no such\u001b[2J customer' })))
    await queue.close()
    const listed = dlq('list', file)
    expect(listed.code).toBe(0)
    expect(listed.out.split('\n').filter((line) => line.includes('no such'))).toHaveLength(3)
    expect(listed.out).not.toContain('\u001b')
    expect(dlq('list', file, 'orders', '--json').out.trim().split('\n').map((line) => (JSON.parse(line) as { body: string }).body)).toEqual(['1', '2', '3'])
    expect(dlq('redrive', file, 'orders', '--id', `${leases[0]?.id}`).out).toBe('1 put back\n')
    expect(dlq('purge', file, 'orders')).toMatchObject({ code: 2, err: 'sluice dlq purge: say which by --id 7,9, or --all\n' })
    expect(dlq('purge', file, 'orders', '--all').out).toBe('2 deleted\n')
    expect(dlq('list', file).out).toBe('No dead letters.\n')
    expect(await sqliteQueue(file, { name: 'orders' }).stats()).toMatchObject({ ready: 1, dead: 0 })
  }, 60_000)

  it.each([
    [['list', '/no/such.db'], 'No such file: /no/such.db'], [['show', '/no/such.db'], '"show" is none of list, redrive, purge'], [['list'], 'missing required args'],
  ])('says what is wrong: %j', (args, sentence) => {
    const { code, err } = dlq(...args)
    expect([code, err]).toEqual([2, expect.stringContaining(sentence)])
  })
})
