// Importing one operator from the package must cost no more than importing its file: bundles both and compares.
import { build } from 'esbuild'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readDocstrings } from './docstrings.mjs'
import { root } from './pnpm.mjs'

/** Names of imports and the like may differ by a few bytes. */
const SLACK = 64

const source = join(root, 'packages/operators/src')
const index = readFileSync(join(source, 'index.ts'), 'utf8')
const exported = readDocstrings(source).filter(({ file }) => index.includes(`export * from './${file.replace(/\.ts$/, '')}'`))
const core = join(root, 'packages/core/dist/index.js')

async function sizeOf(contents) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root }, bundle: true, minify: true, format: 'esm', target: 'es2022', write: false,
    alias: { '@sluice/core/authoring': core.replace('index', 'authoring'), '@sluice/core': core }, tsconfigRaw: '{}', logLevel: 'error',
  })
  return outputFiles[0].contents.length
}

const heavy = []
for (const { name, file } of exported) {
  const [whole, alone] = await Promise.all([
    sizeOf(`export { ${name} } from ${JSON.stringify(join(root, 'packages/operators/dist/index.js'))}`),
    sizeOf(`export { ${name} } from ${JSON.stringify(join(source, file))}`),
  ])
  if (whole > alone + SLACK) heavy.push(`${name}: ${whole} bytes from the package, ${alone} from its file`)
}
if (heavy.length > 0) {
  console.error(`Importing these pulls in more than their file:\n${heavy.join('\n')}`)
  process.exit(1)
}
console.log(`${exported.length} exports of @sluice/operators: each pulls in core and its own file only`)
