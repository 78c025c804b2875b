import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { alias } from './vitest.config'

const root = new URL('./packages/', import.meta.url)
/** Tests of what only Node has: its modules and its memory figures. */
const needsNode = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules'))
  .filter((file) => /from 'node:|memoryUsage/.test(readFileSync(new URL(file, root), 'utf8')))
  .map((file) => `packages/${file}`)

const tellsOfNode = JSON.parse(readFileSync(new URL('./scripts/runtimes/needs-node.json', import.meta.url), 'utf8')) as { readonly files: readonly string[] }

/** The packages as they are built, each in a file or two: a page took a second to load the sources, for each file of tests. */
const built = [
  { find: /^@sluice\/(core|testing)$/, replacement: `${fileURLToPath(root)}$1/dist/index.js` },
  { find: /^@sluice\/core\/authoring$/, replacement: `${fileURLToPath(root)}core/dist/authoring.js` },
  { find: /^@sluice\/core\/durable$/, replacement: `${fileURLToPath(root)}core/dist/durable.js` },
  ...alias,
]

/** Vitest writes into what a project is given, so each has a copy. */
const tests = (name: string, include: string[]) => ({
  name, include,
  fileParallelism: false,
  testTimeout: 30_000,
  globalSetup: ['./packages/adapters/test/socket-server.ts'],
  setupFiles: ['./test/browser/recorded-listeners.ts'],
  // Tests of real time are tried where nothing else runs beside them.
  // The law of wholes plays thousands of pipelines on virtual time, and tells rest by turns of the event loop, which pages make
  // in another order than Node: there a source by macrotasks looks like rest. Its operators are under the laws of parts here.
  exclude: ['**/node_modules/**', '**/*.timed.test.ts', '**/laws/composition.test.ts', ...needsNode, ...tellsOfNode.files.map((file) => `**/${file}`)],
  browser: {
    enabled: true,
    headless: true,
    screenshotFailures: false,
    provider: playwright({
      launchOptions: {
        // Debian's Chromium; CHROMIUM says where another one is.
        executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
        args: ['--js-flags=--expose-gc', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
      },
    }),
    instances: [{ browser: 'chromium' as const }],
  },
})
// fast-check's number of runs is a variable of the environment, and pages have none.
const define = { 'process.env': '({})' }
const optimizeDeps = { include: ['fast-check', 'rxjs', 'rxjs/testing'] }

/** The same tests as in Node, in a real Chromium: those of core against its sources, the others against the packages that are built. */
export default defineConfig({
  test: {
    projects: [
      { resolve: { alias }, define, optimizeDeps, test: tests('core', ['packages/core/src/**/*.test.ts']) },
      {
        resolve: { alias: built }, define, optimizeDeps,
        test: tests('built', ['packages/operators/src/**/*.test.ts', 'packages/adapters/src/{rxjs,web-streams,events}/**/*.test.ts', 'packages/*/src/**/*.browser.test.ts']),
      },
    ],
  },
})
