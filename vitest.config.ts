import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

// Tests run against the sources, so that a failure points at them and no build is needed in between.
export const alias = [
  { find: /^@sluice\/(core|operators|testing)$/, replacement: at('./packages/$1/src/index.ts') },
  { find: /^sluice$/, replacement: at('./packages/sluice/src/index.ts') },
  { find: /^@sluice\/core\/authoring$/, replacement: at('./packages/core/src/authoring.ts') },
  { find: /^@sluice\/operators\/laws$/, replacement: at('./packages/operators/src/laws/index.ts') },
  { find: /^@sluice\/adapters\/([a-z-]+)$/, replacement: at('./packages/adapters/src/$1/index.ts') },
]

export default defineConfig({
  resolve: { alias },
  test: {
    include: ['packages/*/src/**/*.test.ts', 'examples/**/*.test.ts', 'benchmarks/**/*.test.ts', 'scripts/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.browser.test.ts'],
    typecheck: { enabled: true, include: ['packages/*/src/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
    // A machine that does other work as well is no reason to fail: what hangs is found by its own watchdog, or here.
    testTimeout: 20_000,
    execArgv: ['--expose-gc'],
    coverage: { provider: 'v8', include: ['packages/*/src/**'] },
  },
})
