// One bundle of all test files, with what they import, for any runtime: each file an entry, the sources shared.
import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { root } from '../pnpm.mjs'

const here = (file) => fileURLToPath(new URL(file, import.meta.url))
const insideVitest = dirname(createRequire(import.meta.url).resolve('vitest/package.json'))

/** Our stand-in for 'vitest'; and Vitest's own parts, which only Vitest can resolve where the layout of node_modules is strict. */
const vitest = {
  name: 'vitest',
  setup(setup) {
    setup.onResolve({ filter: /^vitest$/ }, () => ({ path: here('./vitest.mjs') }))
    setup.onResolve({ filter: /^@vitest\// }, ({ path, kind, resolveDir }) => resolveDir.startsWith(here('.').replace(/[\\/]$/, ''))
      ? setup.resolve(path, { kind, resolveDir: insideVitest })
      : undefined)
  },
}

/** A test that reads files beside itself finds them where it was written. */
const besideItself = {
  name: 'import.meta.url',
  setup(setup) {
    setup.onLoad({ filter: /\.test\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll('import.meta.url', JSON.stringify(pathToFileURL(path).href)),
      loader: 'ts',
    }))
  },
}

/** Writes `run.js`, `tests.json` and the rest of it into a folder. */
export async function bundle(files, outdir) {
  const tests = files.map((file, i) => ({ file, bundle: `./test-${i}.js` }))
  await build({
    entryPoints: [{ in: here('./run.mjs'), out: 'run' }, ...files.map((file, i) => ({ in: join(root, file), out: `test-${i}` }))],
    outdir, bundle: true, splitting: true, format: 'esm', platform: 'node', target: 'es2022', sourcemap: true, logLevel: 'warning', absWorkingDir: root,
    alias: {
      '@sluice/core/durable': join(root, 'packages/core/src/durable/index.ts'),
      '@sluice/core/authoring': join(root, 'packages/core/src/authoring.ts'),
      ...Object.fromEntries(['core', 'operators', 'testing'].map((name) => [`@sluice/${name}`, join(root, 'packages', name, 'src', 'index.ts')])),
    },
    plugins: [vitest, besideItself],
  })
  writeFileSync(outdir + sep + 'package.json', '{ "type": "module" }')
  writeFileSync(outdir + sep + 'tests.json', JSON.stringify(tests))
}
