import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

// Tests run against the sources, so that a failure points at them and no build is needed in between.
export const alias = [
  { find: /^@sluice\/(core|operators|testing|inspector|cli)$/, replacement: at('./packages/$1/src/index.ts') },
  { find: /^sluice$/, replacement: at('./packages/sluice/src/index.ts') },
  { find: /^@sluice\/core\/authoring$/, replacement: at('./packages/core/src/authoring.ts') },
  { find: /^@sluice\/core\/durable$/, replacement: at('./packages/core/src/durable/index.ts') },
  { find: /^@sluice\/operators\/laws$/, replacement: at('./packages/operators/src/laws/index.ts') },
  { find: /^@sluice\/adapters\/([a-z-]+)$/, replacement: at('./packages/adapters/src/$1/index.ts') },
]

/** The live page is built when a test asks for it. */
const livePage = {
  name: 'live-page',
  enforce: 'pre' as const,
  resolveId: (id: string): string | undefined => (id === '@sluice/inspector/page' ? '\0live-page' : undefined),
  load: async (id: string): Promise<string | undefined> => (id === '\0live-page' ? (await import('./packages/inspector/build-page.mjs')).pageModule() : undefined),
}

const common = {
  // A machine that does other work as well is no reason to fail: what hangs is found by its own watchdog, or here.
  testTimeout: 20_000,
  execArgv: ['--expose-gc'],
}

/** Parts of core, the operators and bridges: thousands of tests that leave nothing behind, so files share a worker and load the sources once. */
const parts = ['packages/{core,operators,testing}/src/**/*.test.ts', 'packages/adapters/src/{rxjs,web-streams,events}/**/*.test.ts']
const everything = ['packages/*/src/**/*.test.ts', 'examples/**/*.test.ts', 'benchmarks/**/*.test.ts', 'scripts/**/*.test.ts']
const never = ['**/node_modules/**', '**/dist/**', '**/*.browser.test.ts']
/** Tests that measure real time, or what the process does as a whole: each has a process of its own, and they run when the others are done. */
const timed = ['packages/*/src/**/*.timed.test.ts', 'packages/core/src/engine/slice-scheduler.test.ts', 'packages/core/src/observe/diagnose/situations/cpu.test.ts']

export default defineConfig({
  resolve: { alias },
  plugins: [livePage],
  test: {
    coverage: { provider: 'v8', include: ['packages/*/src/**'] },
    // One for each core: Vitest itself has little to do while they run.
    maxWorkers: availableParallelism(),
    projects: [
      { extends: true, test: { ...common, name: 'parts', isolate: false, setupFiles: ['./test/fresh-sites.ts'], include: parts, exclude: [...never, ...timed] } },
      {
        extends: true,
        test: {
          ...common, name: 'wholes', include: everything, exclude: [...never, ...parts, ...timed],
          typecheck: { enabled: true, include: ['packages/*/src/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
        },
      },
      { extends: true, test: { ...common, name: 'timed', include: timed, maxWorkers: 1, sequence: { groupOrder: 1 } } },
    ],
  },
})
