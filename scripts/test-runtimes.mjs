// The tests of core and operators under Bun and Deno: the same files as in Node, on Vitest's own runner and `expect`.
//
//   *.test.ts --esbuild--> one bundle --+-- node, which collects only: so many tests there have to be
//                                       +-- bun
//                                       +-- deno
//
// And `node:stream/iter`, which Node 20 lacks, in a Node that has it.
//
// A part of it, in one of them: npm run test:runtimes -- bun operators/src/async
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { root } from './pnpm.mjs'
import { bundle } from './runtimes/bundle.mjs'
import { leftOut } from './runtimes/left-out.mjs'
import { sourceLines } from './runtimes/source-lines.mjs'

/** An LTS release with `node:stream/iter`, behind its flag. */
const nodeWithIter = '24.21.0'
const runtimes = {
  bun: { version: '1.4.5', where: ['-p', 'process.execPath'], run: ['run'] },
  deno: { version: '2.9.6', where: ['eval', 'console.log(Deno.execPath())'], run: ['run', '--allow-all', '--no-check', '--v8-flags=--expose-gc'] },
}
/** What has to fail, lest a runner that sees nothing passes. */
const mustFail = { file: 'scripts/runtimes/must-fail.ts', tests: 3, failures: 4 }
const limitMinutes = 10
const env = { ...process.env, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' }

const { files: needsNode } = JSON.parse(readFileSync(new URL('./runtimes/needs-node.json', import.meta.url), 'utf8'))
const args = process.argv.slice(2)
const named = Object.keys(runtimes).filter((name) => args.includes(name))
const parts = args.filter((arg) => !(arg in runtimes))
const files = ['packages/core/src', 'packages/operators/src']
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) => `${folder}/${file.replaceAll('\\', '/')}`))
  .filter((file) => file.endsWith('.test.ts') && !needsNode.some((other) => file.endsWith(other)) && (parts.length === 0 || parts.some((part) => file.includes(part))))
  .sort()

/** Where it is, fetched from npm where it is not there yet; or what npm says. */
function find(name, { version, where }) {
  const { stdout, stderr, status, error } = spawnSync('npx', ['--yes', '--loglevel=error', '-p', `${name}@${version}`, name, ...where], { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' })
  return status === 0 ? { path: stdout.trim() } : { why: error?.message ?? stderr.trim().split('\n')[0] }
}

function findOrSkip(name, runtime) {
  const { path, why } = find(name, runtime)
  if (path !== undefined) return path
  console.warn(`SKIPPED: the tests under ${name} need ${name} ${runtime.version} from npm, and it is not to be had: ${why}`)
  if (process.env.CI === 'true') process.exitCode = 1
  return undefined
}

/** Runs the bundle, and answers its report or why there is none. */
function run(name, command, mode) {
  return new Promise((resolve) => {
    const begin = performance.now()
    const report = join(folder, `${name}.json`)
    const child = spawn(command[0], [...command.slice(1), join(folder, 'run.js'), join(folder, 'tests.json'), report, mode], { cwd: folder, stdio: 'inherit', env, timeout: limitMinutes * 60_000, killSignal: 'SIGKILL' })
    child.on('error', (error) => resolve({ why: error.message }))
    child.on('exit', (code, signal) => {
      try {
        resolve({ ...JSON.parse(readFileSync(report, 'utf8')), seconds: Math.round((performance.now() - begin) / 1000) })
      } catch {
        resolve({ why: signal === null ? `it left with code ${code} before its last test` : `it was ended by ${signal}; ${limitMinutes} minutes are its limit` })
      }
    })
  })
}

/** What is wrong with a report, in lines; nothing where all is well. */
function faults({ why, collected, passed, leftOut, failed }, expected) {
  if (why !== undefined) return [why]
  const seen = failed.filter(({ path }) => path.startsWith(mustFail.file))
  const others = failed.filter(({ path }) => !path.startsWith(mustFail.file))
  return [
    ...others.slice(0, 20).map(({ path, errors }) => `FAILED ${path}\n${errors.map(toSources).join('\n')}\n`),
    ...(others.length > 20 ? [`and ${others.length - 20} more failed`] : []),
    ...(collected === expected ? [] : [`${collected} tests were collected, ${expected} in Node`]),
    ...(seen.length >= mustFail.failures ? [] : [`of what has to fail, only ${seen.map(({ path }) => path).join(', ') || 'nothing'} did`]),
    ...(others.length > 0 || passed + leftOut === collected - mustFail.tests ? [] : [`${passed} passed, of ${collected}`]),
  ]
}

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-runtimes-')))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
await bundle([mustFail.file, ...files], folder)
const toSources = sourceLines(folder)
const inNode = await run('node', [process.execPath, '--expose-gc'], 'collect')
if (inNode.why !== undefined || inNode.failed.length > 0) throw new Error(`Node cannot collect the tests: ${inNode.why ?? JSON.stringify(inNode.failed, undefined, 2)}`)

async function tryIn([name, path]) {
  const { version } = runtimes[name]
  const without = Object.entries(leftOut[name]).filter(([test]) => files.some((file) => test.startsWith(`${file} > `)))
  const report = await run(name, [path, ...runtimes[name].run], JSON.stringify(without.map(([test]) => test)))
  const wrong = faults(report, inNode.collected)
  for (const line of wrong) console.error(`${name}: ${line}`)
  if (wrong.length > 0) process.exitCode = 1
  if (report.why === undefined) console.log(`${name} ${version}: ${report.passed} of ${inNode.collected - mustFail.tests} tests passed (files: ${files.length}), ${report.seconds} s`)
  for (const [test, reason] of without) console.log(`  left out: ${test}\n    because ${reason}`)
}

// Each is fetched first; then they run side by side, since each takes one core.
const wanted = (named.length > 0 ? named : Object.keys(runtimes)).map((name) => [name, findOrSkip(name, runtimes[name])]).filter(([, path]) => path !== undefined)
await Promise.all(wanted.map(tryIn))

if (args.length === 0) {
  const path = findOrSkip('node', { version: nodeWithIter, where: ['-p', 'process.execPath'] })
  if (path !== undefined) {
    console.log(`node ${nodeWithIter}, node:stream/iter:`)
    const { status } = spawnSync(path, ['--experimental-stream-iter', '--no-warnings', 'packages/adapters/test/stream-iter.mjs'], { cwd: root, stdio: 'inherit', env, timeout: 60_000 })
    if (status !== 0) process.exitCode = 1
  }
}
