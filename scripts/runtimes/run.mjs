// Runs the bundled test files one after the other, in whatever runtime this is, and writes what came of it:
//   node run.js <tests.json> <report.json> [--collect]
import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { collectTests, startTests } from '@vitest/runner'

const [tests, report, mode] = process.argv.slice(2)
const files = JSON.parse(readFileSync(tests, 'utf8'))

// Tests of leaks are left out by themselves where nothing can be collected by hand.
if (typeof Bun === 'object') globalThis.gc = () => { Bun.gc(true) }

const unhandled = []
for (const event of ['unhandledRejection', 'uncaughtException']) process.on(event, (error) => unhandled.push(`${event}: ${error?.stack ?? error}`))

const runner = {
  config: {
    root: '/', allowOnly: false, passWithNoTests: false, includeTaskLocation: false, strictTags: false, tags: [], setupFiles: [],
    testTimeout: 5_000, hookTimeout: 10_000, retry: 0, maxConcurrency: 1, diffOptions: { truncateThreshold: 40 },
    sequence: { shuffle: false, concurrent: false, hooks: 'stack', setupFiles: 'list' },
  },
  importFile: (file) => import(file),
}

const results = []
const timings = []
const walk = (task, path, file) => {
  const { state, errors = [] } = task.result ?? {}
  if (task.type === 'test') results.push({ file, name: path.join(' > '), state: state ?? task.mode, errors: errors.map(text) })
  else if (errors.length > 0) results.push({ file, name: path.join(' > ') || 'the file itself', state: 'broken', errors: errors.map(text) })
  for (const child of task.tasks ?? []) walk(child, [...path, child.name], file)
}
const text = (error) => [error.stack?.includes(error.message) ? error.stack : `${error.name}: ${error.message}\n${error.stack ?? ''}`, error.diff].filter(Boolean).join('\n')

for (const { file, bundle } of files) {
  const begin = performance.now()
  const url = new URL(bundle, import.meta.url).href
  const before = unhandled.length
  const [task] = mode === '--collect' ? await collectTests([url], runner) : await startTests([url], runner)
  walk(task, [], file)
  // What was left behind rejects in a later turn.
  if (mode !== '--collect') await new Promise((resolve) => setTimeout(resolve))
  if (unhandled.length > before) results.push({ file, name: 'nobody handled', state: 'broken', errors: unhandled.slice(before) })
  timings.push({ file, ms: performance.now() - begin })
}
writeFileSync(report, JSON.stringify({ results: results.filter(({ state }) => state !== 'pass' && state !== 'run'), collected: results.filter(({ state }) => state !== 'broken').length, passed: results.filter(({ state }) => state === 'pass').length, timings }))
// A timer or a port that a test has left behind is not to keep this open.
process.exit(0)
