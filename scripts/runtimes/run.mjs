// Runs the bundled test files one after the other, in whatever runtime this is, and writes down what came of each test:
//   <runtime> run.js <tests.json> <report.json> [collect | <JSON list of tests to leave out>]
import { readFileSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { collectTests, startTests } from '@vitest/runner'

const [tests, report, mode] = process.argv.slice(2)
const collecting = mode === 'collect'
const leftOut = collecting ? [] : JSON.parse(mode)

// `node --expose-gc` for Bun.
if (typeof Bun === 'object') globalThis.gc = () => { Bun.gc(true) }

const unhandled = []
process.on('unhandledRejection', (error) => unhandled.push(error))
process.on('uncaughtException', (error) => unhandled.push(error))

const counts = { collected: 0, passed: 0, leftOut: 0 }
const failed = []

/** All tests and suites of a file, each with its path from there. */
function* tasks(parent, path) {
  yield [parent, path]
  for (const child of parent.tasks ?? []) yield* tasks(child, `${path} > ${child.name}`)
}

function text(error) {
  if (typeof error?.message !== 'string') return `thrown: ${String(error)}`
  const { name = 'thrown', message, stack = '', diff = '' } = error
  return `${stack.includes(message) ? stack : `${name}: ${message}\n${stack}`}\n${diff}`.trim()
}

for (const { file, bundle } of JSON.parse(readFileSync(tests, 'utf8'))) {
  const runner = {
    config: {
      root: '/', tags: [], strictTags: false, setupFiles: [], allowOnly: false, passWithNoTests: false, includeTaskLocation: false,
      testTimeout: 5_000, hookTimeout: 10_000, retry: 0, maxConcurrency: 1,
      sequence: { shuffle: false, concurrent: false, hooks: 'stack', setupFiles: 'list' },
    },
    importFile: (url) => import(url),
    onCollected([collected]) {
      for (const [task, path] of tasks(collected, file)) if (leftOut.includes(path)) task.mode = 'skip'
    },
  }
  const [done] = await (collecting ? collectTests : startTests)([new URL(bundle, import.meta.url).href], runner)
  // A rejection that nobody handles is told in a later turn.
  await new Promise((resolve) => setTimeout(resolve, 1))
  for (const error of unhandled.splice(0)) failed.push({ path: `${file} > what nobody handled`, errors: [text(error)] })
  for (const [task, path] of tasks(done, file)) {
    const { state = task.mode, errors = [] } = task.result ?? {}
    if (task.type === 'test') counts.collected++
    if (task.type === 'test' && state === 'pass') counts.passed++
    else if (leftOut.includes(path)) counts.leftOut++
    else if (errors.length > 0) failed.push({ path, errors: errors.map(text) })
    else if (task.type === 'test' && !collecting) failed.push({ path, errors: [`not run: ${state}`] })
  }
}
writeFileSync(report, JSON.stringify({ ...counts, failed }))
// What a test has left behind is not to keep this open.
process.exit(0)
