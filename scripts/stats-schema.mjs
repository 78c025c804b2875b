// Writes docs/stats.schema.json, the JSON Schema of what `run.stats()` answers, from the types and their comments; with --check only
// says whether it is up to date. A property without a description, or a number without a unit, fails it.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createGenerator } from 'ts-json-schema-generator'
import { root } from './pnpm.mjs'

const file = join(root, 'docs/stats.schema.json')
const { definitions, $ref } = createGenerator({
  path: join(root, 'packages/core/src/contract/stats.ts'),
  tsconfig: join(root, 'tsconfig.json'),
  type: 'RunStats',
  // The units are no types to a reader: each property says its own.
  expose: 'all',
  sortProps: false,
  skipTypeCheck: true,
}).createSchema('RunStats')

const UNITS = new Set(['Ms', 'Count', 'Bytes', 'PerSecond', 'Weight', 'Share'])
const IN_TEXT = { Ms: /\bin ms\b/, Bytes: /\bin bytes\b/, PerSecond: /\ba second\b/, Share: /\b0 to 1\b/ }
const nameOf = (ref) => decodeURIComponent(ref.replace('#/definitions/', ''))
/** One line for each paragraph and each point of a list. */
const plain = (text) => text.replace(/\{@link ([^}]+)\}/g, '`$1`').replace(/\n\n+/g, '\0').replace(/\n(?=- )/g, '\0').replace(/\s+/g, ' ').replace(/ ?\0 ?/g, '\n').trim()
const problems = []

/** The same schema as 2020-12 has it: units in place, and one type with null rather than two schemas. */
function rewritten(schema, where, description) {
  const { $ref: ref, anyOf, properties, items, additionalProperties, description: own, ...rest } = schema
  const text = description ?? own
  const said = text === undefined ? {} : { description: plain(text) }
  if (ref !== undefined) {
    const name = nameOf(ref)
    // A map has no name of its own.
    if (/\W/.test(name)) return rewritten(definitions[name], where, text)
    if (!UNITS.has(name)) return { $ref: `#/$defs/${name}`, ...said }
    if (text !== undefined && IN_TEXT[name]?.test(text) === false) problems.push(`${where}: does not say its unit: ${IN_TEXT[name]}`)
    const { description: _, ...unit } = definitions[name]
    return { ...unit, ...said }
  }
  if (anyOf !== undefined) {
    const choices = anyOf.map((choice) => rewritten(choice, where, IN_TEXT[nameOf(choice.$ref ?? '')] && text))
    const [one, none] = choices
    if (choices.length === 2 && none.type === 'null' && typeof one.type === 'string') return { ...one, ...said, type: [one.type, 'null'] }
    return { anyOf: choices.map(({ description: _, ...choice }) => choice), ...said }
  }
  if (rest.type === 'number' && rest.const === undefined) problems.push(`${where}: is a number of no unit`)
  if (Array.isArray(rest.type) && !rest.type.includes('null')) return { anyOf: rest.type.map((type) => ({ type })), ...said }
  return {
    ...rest,
    ...(properties && { properties: mapped(properties, (inner, key) => property(inner, `${where}.${key}`)) }),
    ...(items && { items: rewritten(items, `${where}[]`) }),
    ...(additionalProperties !== undefined && { additionalProperties: typeof additionalProperties === 'object' ? rewritten(additionalProperties, `${where}.*`) : additionalProperties }),
    ...said,
  }
}

function property(schema, where) {
  if (schema.description === undefined) problems.push(`${where}: has no description`)
  return rewritten(schema, where)
}

const mapped = (object, make) => Object.fromEntries(Object.entries(object).map(([key, value]) => [key, make(value, key)]))

/** What describes, first. */
const described = ({ description, ...rest }) => (description === undefined ? rest : { description, ...rest })
const tidy = (value) => (Array.isArray(value) ? value.map(tidy) : typeof value === 'object' && value !== null ? described(mapped(value, tidy)) : value)

const { [nameOf($ref)]: top, ...others } = definitions
const $defs = Object.fromEntries(Object.entries(others).filter(([name]) => /^\w+$/.test(name) && !UNITS.has(name)).map(([name, schema]) => [name, rewritten(schema, name)]))
const { description, ...body } = tidy(rewritten(top, 'RunStats'))
const schema = { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'urn:sluice:run-stats:1', title: 'RunStats', description, ...body, $defs: mapped($defs, tidy) }
if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}
const text = `${JSON.stringify(schema, null, 2)}\n`
if (!process.argv.includes('--check')) writeFileSync(file, text)
else {
  let now = ''
  try {
    now = readFileSync(file, 'utf8')
  } catch {
    // Not there is not up to date.
  }
  if (now !== text) {
    console.error('docs/stats.schema.json: not up to date: npm run stats-schema')
    process.exit(1)
  }
}
