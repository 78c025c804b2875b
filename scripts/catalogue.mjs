// Writes docs/operators.md from the docstrings and the declared options of @sluice/operators, and the table of families in
// their README; with --check only says whether both are up to date. An operator whose docstring lacks a part fails it.
import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { readDeclarations } from './declarations.mjs'
import { readDocstrings } from './docstrings.mjs'
import { root } from './pnpm.mjs'

const FAMILIES = {
  transform: 'one value becomes another', select: 'which values go on', batch: 'several values become one', async: 'functions and sources that take time',
  combine: 'several sources become one', split: 'one source becomes several', time: 'when values go on', pace: 'how fast values go on',
  recover: 'what happens after a failure', observe: 'looking without touching',
}
const REQUIRED = ['emits', 'holds back', 'completes', 'buffers', 'on failure', 'on abort']

const source = join(root, 'packages/operators/src')
const index = readFileSync(join(source, 'index.ts'), 'utf8')
/** Whether the index exports this: with everything in its file, or by name. */
const isExported = ({ file, name }) => {
  const [, what] = new RegExp(`^export (\\*|\\{[^}]*\\}) from './${file.replace(/\.ts$/, '')}'`, 'm').exec(index) ?? []
  return what === '*' || new RegExp(`\\b${name}\\b`).test(what ?? '')
}
const exported = readDocstrings(source).filter(isExported)
const operators = exported.filter(({ kind, name }) => kind === 'function' && /^[a-z]/.test(name))

const problems = operators.flatMap(({ name, file, bullets, picture, examples }) => [
  ...REQUIRED.filter((part) => !bullets.some(({ head }) => head === part)).map((part) => `${file}: ${name}: no "**${part}**"`),
  ...(picture === undefined ? [`${file}: ${name}: no \`\`\`marble picture`] : []),
  ...(examples.length === 0 ? [`${file}: ${name}: no @example`] : []),
])
if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}

const declarations = await readDeclarations(operators)
const undeclared = operators.filter(({ name }) => !declarations.has(name))
if (undeclared.length > 0) {
  console.error(undeclared.map(({ name, file }) => `${file}: ${name}: its options are not declared`).join('\n'))
  process.exit(1)
}

const familyOf = ({ file }) => file.split('/')[0]
const membersOf = (family) => operators.filter((operator) => familyOf(operator) === family).sort((a, b) => (a.name < b.name ? -1 : 1))
/** What a rule says in a table. */
const row = ([name, { allowed, optional, fallback, unit }], owner) => {
  const standard = name === 'name' ? `\`'${owner}'\`` : !optional ? 'required' : name === 'onError' && fallback === undefined ? "`'fail'`" : fallback === undefined ? '' : `\`${typeof fallback === 'string' ? `'${fallback}'` : fallback}\``
  return `| \`${name}\` | ${allowed.replaceAll('|', '\\|')} | ${standard} | ${unit ?? ''} |`
}
const optionTable = ({ owner, table }) => [
  '| option | allowed | default | unit |', '|---|---|---|---|', ...Object.entries(table.options).map((entry) => row(entry, owner)),
]
const link = ({ name }) => `[\`${name}\`](#${name.toLowerCase()})`
const out = [
  '# Operators', '',
  '<!-- Made from the docstrings by `npm run catalogue`. Change those. -->', '',
  `The ${operators.length} operators of \`@sluice/operators\`, by family. In the pictures \`-\` is time, \`|\` the end, \`X\` a failure; what is in`,
  'parentheses comes at once. "Holds back" says when an operator does not ask for more; "buffers" how many values it may hold.',
  'The operators of RxJS are listed in [coming-from-rxjs.md](coming-from-rxjs.md).', '',
]
for (const [family, about] of Object.entries(FAMILIES)) {
  const members = membersOf(family)
  if (members.length === 0) continue
  out.push(`**[${family}](#${family}-${about.replaceAll(' ', '-')})**: ${members.map(link).join(', ')}`, '')
}
for (const [family, about] of Object.entries(FAMILIES)) {
  const members = membersOf(family)
  if (members.length === 0) continue
  out.push(`## ${family}: ${about}`, '')
  for (const { name, file, summary, notes, bullets, picture, params, examples } of members) {
    out.push(`### ${name}`, '', summary, '', '```text', picture, '```', '')
    for (const { head, text } of bullets) out.push(`- **${head}** ${text}`)
    out.push('')
    for (const note of notes) out.push(note, '')
    for (const param of params) out.push(`- \`${param.name}\`: ${param.text}`)
    if (params.length > 0) out.push('')
    out.push(...optionTable(declarations.get(name)), '')
    for (const example of examples) out.push('```ts', example.trimEnd(), '```', '')
    out.push(`[source](../packages/operators/src/${file})`, '')
  }
}
const text = `${out.join('\n').replace(/\{@link ([^}]+)\}/g, '`$1`').trimEnd()}\n`
const readme = join(root, 'packages/operators/README.md')
const readmeText = readFileSync(readme, 'utf8').replace(/(<!-- families[^\n]*-->\n)[^]*?(<!-- \/families -->)/, (_all, begin, end) => [
  begin.trimEnd(), '', '| family | operators |', '|---|---|',
  ...Object.entries(FAMILIES).filter(([family]) => membersOf(family).length > 0)
    .map(([family, about]) => `| ${family}: ${about} | ${membersOf(family).map(({ name }) => `[\`${name}\`](../../docs/operators.md#${name.toLowerCase()})`).join(', ')} |`),
  '', end,
].join('\n'))
const outputs = [[join(root, 'docs/operators.md'), text], [readme, readmeText]]
if (process.argv.includes('--check')) {
  const read = (path) => {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      return ''
    }
  }
  const stale = outputs.filter(([path, wanted]) => read(path) !== wanted).map(([path]) => relative(root, path))
  if (stale.length > 0) {
    console.error(`${stale.join(' and ')}: not up to date: npm run catalogue`)
    process.exit(1)
  }
} else {
  for (const [path, wanted] of outputs) writeFileSync(path, wanted)
  console.log(`docs/operators.md: ${operators.length} operators`)
}
