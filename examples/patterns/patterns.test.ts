import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { from, mapAsync, toArray } from 'sluice'

/**
 * The README shows what the examples print: each runs as a reader would run it, in a process of its own, and what comes
 * out is compared with its block. `UPDATE_README=1 npx vitest run examples/patterns` writes the blocks anew.
 */
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const readme = (): string => readFileSync(at('README.md'), 'utf8')
const table = readFileSync(at('../README.md'), 'utf8')
const examples = readdirSync(at('.')).filter((name) => /(?<!\.test)\.ts$/.test(name)).map((name) => name.slice(0, -3)).sort()
/** A heading with the name and, as the first code after it, what it prints. */
const blocks = /^### ([a-z-]+)\n[^#]*?```text\n([^]*?)```/gm

interface Printed { readonly name: string; readonly code: number | string; readonly out: string; readonly problems: string }

/** Ends by itself, or is ended after half a minute: an example that leaves a timer or a server behind is told apart. */
function print(name: string): Promise<Printed> {
  const env = { ...process.env, NODE_OPTIONS: '', TSX_TSCONFIG_PATH: at('../tsconfig.run.json') }
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', at(`${name}.ts`)], { cwd: at('.'), env, timeout: 30_000 }, (error, out, problems) => {
      resolve({ name, code: error === null ? 0 : (error.code ?? error.signal ?? 'killed'), out, problems })
    })
  })
}

const printed = new Map<string, Printed>()

beforeAll(async () => {
  const all = await from(examples).pipe(mapAsync(print, { concurrency: 2 })).to(toArray()).run()
  for (const one of all) printed.set(one.name, one)
  if (process.env['UPDATE_README'] === undefined) return
  const shown = readme().replace(blocks, (block, name: string, old: string) =>
    block.slice(0, block.length - old.length - 3) + (printed.get(name)?.out ?? old) + '```')
  writeFileSync(at('README.md'), shown)
}, 240_000)

describe.each(examples)('%s', (name) => {
  it('ends by itself, without a failure or a warning', () => {
    expect(printed.get(name)).toMatchObject({ code: 0, problems: '' })
  })

  it('prints what the README shows', () => {
    const shown = new Map([...readme().matchAll(blocks)].map(([, title = '', text = '']) => [title, text]))
    expect(shown.get(name), `README.md has no section "### ${name}" with a block of text`).toBeDefined()
    expect(printed.get(name)?.out).toBe(shown.get(name))
  })

  it('is at most 60 lines, begins with its picture, and has a row in the table', () => {
    const code = readFileSync(at(`${name}.ts`), 'utf8')
    expect(code.trimEnd().split('\n').length).toBeLessThanOrEqual(60)
    expect(code).toMatch(/^\/\*\*\n( \* {3}.+\n)*? \* {3}.*▶.*\n/)
    expect(table).toContain(`\n| [${name}](patterns/${name}.ts) | `)
  })
})

it('the README has no section of an example that is gone', () => {
  expect([...readme().matchAll(blocks)].map(([, title]) => title).filter((title) => !examples.includes(title ?? ''))).toEqual([])
})
