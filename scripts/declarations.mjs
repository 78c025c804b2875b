// What operators declare of their options: the declarations themselves, from the sources.
import { build } from 'esbuild'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './pnpm.mjs'

const source = join(root, 'packages/operators/src')
const constant = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()

/**
 * Declarations by the name of the operator. No file exports its own, so each is exported while it is loaded here.
 *
 * @param {readonly { name: string, file: string }[]} operators
 */
export async function readDeclarations(operators) {
  const declared = operators.filter(({ name, file }) => readFileSync(join(source, file), 'utf8').includes(`const ${constant(name)} = /* @__PURE__ */ declare(`))
  const files = new Map()
  for (const { name, file } of declared) files.set(join(source, file), [...(files.get(join(source, file)) ?? []), constant(name)])
  const { outputFiles } = await build({
    stdin: { contents: declared.map(({ name, file }) => `export { ${constant(name)} as ${name} } from './${file}'`).join('\n'), resolveDir: source, loader: 'ts' },
    bundle: true, format: 'esm', platform: 'node', target: 'es2022', write: false, logLevel: 'error', tsconfigRaw: '{}',
    alias: { '@sluice/core/durable': join(root, 'packages/core/src/durable/index.ts'), '@sluice/core/authoring': join(root, 'packages/core/src/authoring.ts'), '@sluice/core': join(root, 'packages/core/src/index.ts') },
    plugins: [{
      name: 'export-declarations',
      setup({ onLoad }) {
        onLoad({ filter: /operators.src.*\.ts$/ }, ({ path }) => {
          const names = files.get(path)
          return names && { contents: `${readFileSync(path, 'utf8')}\nexport { ${names.join(', ')} }`, loader: 'ts' }
        })
      },
    }],
  })
  const made = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
  return new Map(Object.entries(made))
}
