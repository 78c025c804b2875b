import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

/**
 * A worker script of this folder as an address that Node can start: bundled with the sources of the thread's half, since a
 * worker thread knows neither TypeScript nor the aliases of the tests.
 */
export function bundledWorker(file: string): URL {
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL(file, import.meta.url))],
    alias: {
      '@sluice/adapters/worker-thread': fileURLToPath(new URL('../../src/worker-thread/index.ts', import.meta.url)),
      '@sluice/adapters/opentelemetry': fileURLToPath(new URL('../../src/opentelemetry/within-trace.ts', import.meta.url)),
    },
    // Of what is bundled some is CommonJS, and requires what Node has built in.
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(process.cwd() + '/');" },
    bundle: true, write: false, format: 'esm', platform: 'node', target: 'node20',
  })
  return new URL(`data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? '').toString('base64')}`)
}
