import { readdirSync, readFileSync } from 'node:fs'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { alias } from './vitest.config'

const root = new URL('./packages/', import.meta.url)
/** Tests that need Node: its modules, its process, its garbage collector, its turns. */
const needsNode = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts') && !file.includes('node_modules'))
  .filter((file) => /node:|\bprocess\.|setImmediate|WeakRef|FinalizationRegistry|\bgc\b/.test(readFileSync(new URL(file, root), 'utf8')))
  .map((file) => `packages/${file}`)

/**
 * The same tests as in Node, in a real Chromium, for the parts that were seen to pass there. Operators on virtual time are
 * missing: `VirtualClock.runOut` takes the turns of a page for rest too early.
 */
export default defineConfig({
  resolve: { alias },
  optimizeDeps: { include: ['fast-check', 'rxjs', 'rxjs/testing'] },
  test: {
    fileParallelism: false,
    testTimeout: 30_000,
    include: [
      'packages/core/src/{source,sink,kit,supervision}/**/*.test.ts',
      'packages/operators/src/{transform,select,observe}/**/*.test.ts',
      'packages/adapters/src/rxjs/**/*.test.ts',
    ],
    exclude: ['**/node_modules/**', ...needsNode],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({
        launchOptions: {
          // Debian's Chromium; CHROMIUM says where another one is.
          executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
          args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
        },
      }),
      instances: [{ browser: 'chromium' }],
    },
  },
})
