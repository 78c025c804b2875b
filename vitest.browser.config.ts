import { readdirSync, readFileSync } from 'node:fs'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { alias } from './vitest.config'

const root = new URL('./packages/', import.meta.url)
/** Tests of what only Node has: its modules and its memory figures. */
const needsNode = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules'))
  .filter((file) => /from 'node:|memoryUsage/.test(readFileSync(new URL(file, root), 'utf8')))
  .map((file) => `packages/${file}`)

/** The same tests as in Node, in a real Chromium. */
export default defineConfig({
  resolve: { alias },
  // fast-check's number of runs is a variable of the environment, and pages have none.
  define: { 'process.env': '({})' },
  optimizeDeps: { include: ['fast-check', 'rxjs', 'rxjs/testing'] },
  test: {
    fileParallelism: false,
    testTimeout: 30_000,
    globalSetup: ['./packages/adapters/test/socket-server.ts'],
    setupFiles: ['./test/browser/recorded-listeners.ts'],
    include: ['packages/{core,operators}/src/**/*.test.ts', 'packages/adapters/src/{rxjs,web-streams,events}/**/*.test.ts', 'packages/*/src/**/*.browser.test.ts'],
    // The law of wholes plays thousands of pipelines on virtual time, and tells rest by turns of the event loop, which pages make
    // in another order than Node: there a source by macrotasks looks like rest. Its operators are under the laws of parts here.
    exclude: ['**/node_modules/**', '**/laws/composition.test.ts', ...needsNode],
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
      instances: [{ browser: 'chromium' }],
    },
  },
})
