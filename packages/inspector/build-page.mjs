// The live page as one HTML document: script and style are bundled, inlined, and named in the policy by their hashes.
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const at = (path) => fileURLToPath(new URL(path, import.meta.url))
const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** Answers `{ page, policy }`. */
export async function buildPage() {
  const { outputFiles } = await build({
    entryPoints: [at('page/main.ts'), at('page/style.css')], outdir: at('dist'), write: false,
    bundle: true, minify: true, format: 'iife', target: 'es2022', platform: 'browser', legalComments: 'none', logLevel: 'error', charset: 'utf8',
  })
  const text = (end) => outputFiles.find(({ path }) => path.endsWith(end)).text.trim()
  const style = text('.css')
  // An end tag inside a string would end the script.
  const script = text('.js').replaceAll('</script', String.raw`<\/script`)
  const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">`
    + `<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer"><title>Sluice</title><link rel="icon" href="data:,"><style>${style}</style></head>`
    + `<body><div id="app"></div><script>${script}</script></body></html>`
  const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; connect-src 'self'; img-src data: blob:; `
    + `base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types sluice lit-html`
  return { page, policy }
}

/** The page as a module. */
export async function pageModule() {
  return Object.entries(await buildPage()).map(([name, text]) => `export const ${name} = ${JSON.stringify(text)}\n`).join('')
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const esm = await pageModule()
  const types = 'export declare const page: string\nexport declare const policy: string\n'
  mkdirSync(at('dist'), { recursive: true })
  writeFileSync(at('dist/page.js'), esm)
  writeFileSync(at('dist/page.cjs'), esm.replaceAll(/^export const (\w+) =/gm, 'exports.$1 ='))
  writeFileSync(at('dist/page.d.ts'), types)
  writeFileSync(at('dist/page.d.cts'), types)
}
