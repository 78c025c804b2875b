// prestart, pretest: installs from the frozen lockfile and builds, each only when what it depends on has changed.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pnpm, root } from './pnpm.mjs'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Sluice needs Node 20.19 or newer; this is ${process.version}. See https://nodejs.org`)
  process.exit(1)
}

const at = (path) => join(root, path)
const folders = (parent) =>
  existsSync(at(parent))
    ? readdirSync(at(parent), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => `${parent}/${entry.name}`)
    : []

function* walk(folder) {
  for (const entry of readdirSync(at(folder), { withFileTypes: true })) {
    if (['node_modules', 'dist', 'etc'].includes(entry.name)) continue
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) yield* walk(path)
    else if (!/\.test(-d)?\.ts$/.test(entry.name)) yield path
  }
}

function hash(files) {
  const digest = createHash('sha256').update(process.version)
  for (const file of files) if (existsSync(at(file))) digest.update(file).update(readFileSync(at(file)))
  return digest.digest('hex')
}

function step(name, inputs, outputs, run) {
  const stamp = at(`node_modules/.bootstrap/${name}`)
  const wanted = hash(inputs)
  if (outputs.every((path) => existsSync(at(path))) && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  const started = Date.now()
  console.error(`setup: ${name} …`)
  const code = run()
  if (code !== 0) process.exit(code)
  mkdirSync(at('node_modules/.bootstrap'), { recursive: true })
  writeFileSync(stamp, wanted)
  console.error(`setup: ${name} took ${((Date.now() - started) / 1000).toFixed(1)} s`)
}

const packages = folders('packages')
const manifests = ['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'benchmarks/package.json',
  ...[...packages, ...folders('examples')].map((folder) => `${folder}/package.json`)]
step('install', manifests, ['node_modules/.modules.yaml'], () => pnpm(['install', '--frozen-lockfile', '--reporter=silent']))

const sources = [...manifests, 'tsconfig.base.json', 'tsup.base.ts', 'docs/stats.schema.json', ...packages.flatMap((folder) => [...walk(folder)]).sort()]
step('build', sources, packages.map((folder) => `${folder}/dist`), () =>
  pnpm(['-r', '--filter', './packages/*', '--reporter=append-only', '--loglevel=error', 'run', 'build']))
