// The tests of core and operators under Bun and Deno: the same files as in Node, on Vitest's own runner and expect.
//
//   *.test.ts --esbuild--> one bundle --+-- node, collecting only: how many tests there are
//                                       +-- bun
//                                       +-- deno
//
// `npm run test:runtimes -- bun operators/src/async` runs a part, in one of them.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { root } from './pnpm.mjs'

const runtimes = {
  bun: { packed: 'bun@1.4.5', where: ['-p', 'process.execPath'], run: ['run'] },
  deno: { packed: 'deno@2.9.6', where: ['eval', 'console.log(Deno.execPath())'], run: ['run', '--allow-all', '--no-check', '--v8-flags=--expose-gc'] },
}

const leftOut = {
  'packages/operators/src/catalogue.test.ts': 'reads the sources beside itself, which a bundle is not beside; the same text everywhere',
}

/** The canary: what has to fail, so that a runner which sees nothing is seen. */
const mustFail = 'scripts/runtimes/must-fail.test.ts'

const limitMs = 10 * 60_000
const args = process.argv.slice(2)
const chosen = Object.keys(runtimes).filter((name) => !args.some((arg) => arg in runtimes) || args.includes(name))
const parts = args.filter((arg) => !(arg in runtimes))

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url))
const testFiles = ['packages/core/src', 'packages/operators/src']
  .flatMap((folder) => readdirSync(at(folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file).replaceAll('\\', '/')))
  .filter((file) => file.endsWith('.test.ts') && !(file in leftOut) && (parts.length === 0 || parts.some((part) => file.includes(part))))
  .sort()

// Where Vitest's parts are is known to Vitest only: the layout of pnpm is strict.
const vitest = createRequire(createRequire(import.meta.url).resolve('vitest/package.json'))
const parted = {
  name: 'parts of Vitest',
  setup(setup) {
    setup.onResolve({ filter: /^vitest$/ }, () => ({ path: at('scripts/runtimes/vitest.mjs') }))
    setup.onResolve({ filter: /^@vitest\// }, ({ path, pluginData, importer, resolveDir, kind }) => pluginData === 'inside' || importer.includes('node_modules')
      ? undefined
      : setup.resolve(path, { resolveDir: fileURLToPath(new URL('.', `file://${vitest.resolve('vitest/package.json')}`)), kind, importer, pluginData: 'inside' }))
  },
}

async function bundle(outdir) {
  const entries = [mustFail, ...testFiles].map((file, i) => ({ file, bundle: `./test-${i}.js` }))
  await build({
    entryPoints: [{ in: at('scripts/runtimes/run.mjs'), out: 'run' }, ...entries.map(({ file }, i) => ({ in: at(file), out: `test-${i}` }))],
    outdir, bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'es2022', logLevel: 'warning', absWorkingDir: root,
    alias: Object.fromEntries(['core', 'operators', 'testing'].map((name) => [`@sluice/${name}`, at(`packages/${name}/src/index.ts`)])),
    plugins: [parted],
  })
  writeFileSync(join(outdir, 'package.json'), '{"type":"module"}')
  writeFileSync(join(outdir, 'tests.json'), JSON.stringify(entries))
}

/** Where the runtime is, fetched by npx where it is not there yet; or why not. */
function find({ packed, where }) {
  const command = packed.split('@')[0]
  const { stdout, stderr, status, error } = spawnSync('npx', ['--yes', '--loglevel=error', '-p', packed, command, ...where], { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' })
  return status === 0 ? { path: stdout.trim().split('\n').at(-1) } : { why: (error?.message ?? stderr).trim().split('\n').at(0) }
}

function run(command, commandArgs, name, folder) {
  return new Promise((resolve) => {
    const report = join(folder, `${name}.json`)
    const begin = performance.now()
    const child = spawn(command, [...commandArgs, join(folder, 'run.js'), join(folder, 'tests.json'), report, ...(name === 'node' ? ['--collect'] : [])], { cwd: folder, stdio: 'inherit', timeout: limitMs })
    child.on('error', (error) => resolve({ why: error.message }))
    child.on('exit', (code, signal) => {
      try {
        resolve({ ...JSON.parse(readFileSync(report, 'utf8')), seconds: (performance.now() - begin) / 1000 })
      } catch {
        resolve({ why: signal === null ? `it ended with code ${code} before its tests did` : `it was ended by ${signal} (${limitMs / 60_000} minutes are its limit)` })
      }
    })
  })
}
const folder = mkdtempSync(join(root, 'node_modules', '.runtimes-'))
await bundle(folder)
for (const name of ['node', ...chosen]) {
  const where = name === 'node' ? { path: process.execPath } : find(runtimes[name])
  console.log(where)
  const r = await run(where.path, name==='node'?[]:runtimes[name].run, name, folder)
  console.log(name, r.why, r.collected, r.passed, r.seconds, r.results?.length)
  for (const x of (r.results??[]).slice(0,60)) console.log(x.file, '|', x.name, '|', x.state, x.errors.join('\n').slice(0,600))
  if (name !== 'node') console.log(r.timings?.sort((a,b)=>b.ms-a.ms).slice(0,8))
}
