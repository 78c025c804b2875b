import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const packages = readdirSync(`${root}packages`)
/** What is only ever run by tests: the test beds of the laws. */
const testBed = /packages\/testing\/src\/(laws|schedule)\/|rule-breaking-source/
const sources = packages
  .flatMap((name) => readdirSync(`${root}packages/${name}/src`, { recursive: true, encoding: 'utf8' })
    .map((file) => `packages/${name}/src/${file.replaceAll('\\', '/')}`))
  .filter((file) => file.endsWith('.ts') && !/\.test(-d)?\.ts$|(browser|\/test)\//.test(file) && !testBed.test(file))
  .map((file) => ({ file, text: readFileSync(root + file, 'utf8').replaceAll(/^\s*(\*|\/\/|\/\*).*$/gm, '') }))

const classes = sources.flatMap(({ file, text }) =>
  [...text.matchAll(/class (\w+) extends (?:\w*Error)\b[^{]*\{([\s\S]*?)\n\}|class (\w+) extends (?:\w*Error) \{\}/g)]
    .map(([, name, body]) => ({ file, name, code: /readonly code(?:: \w+)? = '(SLUICE_\w+)'/.exec(body ?? '')?.[1] })))
const plain = sources.flatMap(({ file, text }) =>
  [...text.matchAll(/^.*\bnew (?:Error|TypeError|RangeError|AggregateError)\(.*$/gm)].map(([line]) => ({ file, line: line.trim() })))
const union = [...readFileSync(`${root}packages/core/src/foreign/coded.ts`, 'utf8').matchAll(/^ {2}\| '(\w+)'$/gm)].map(([, code]) => code)
const rows = [...readFileSync(`${root}docs/errors.md`, 'utf8').matchAll(/^\| `(\w+)` \| (.*?) \|/gm)]
/** Made for its stack alone, and never thrown. */
const STACKS = ['return new Error()']
/** A variable of the environment, and no code. */
const VARIABLES = ['SLUICE_INSPECT']
/** An error of Node's, under the code that Node has for it; and one that comes from a thread, made again with its own code. */
const foreign = ['ERR_STREAM_WRITE_AFTER_END', '(CLASSES[name] ?? Error)', ...STACKS]

it('E1: every class of errors has a code of its own', () => {
  expect(classes.length).toBeGreaterThan(25)
  expect(classes.filter(({ code }) => code === undefined)).toEqual([])
  expect(classes.map(({ code }) => code).filter((code, index, all) => all.indexOf(code) !== index)).toEqual([])
})

it('E1: every plain error is made with a code', () => {
  expect(plain.length).toBeGreaterThan(50)
  const without = plain.filter(({ line }) => !/coded\('SLUICE_\w+', new |code: 'SLUICE_\w+'/.test(line) && !foreign.some((known) => line.includes(known)))
  expect(without).toEqual([])
})

it('E2: the type, the source and the table in the docs have the same codes', () => {
  const used = new Set(sources.flatMap(({ file, text }) => file.endsWith('foreign/coded.ts') ? [] : [...text.matchAll(/'(SLUICE_[A-Z_]+)'/g)].map(([, code]) => code)))
  for (const name of VARIABLES) used.delete(name)
  expect([...used].sort()).toEqual([...union].sort())
  expect(rows.map(([, code]) => code)).toEqual(union)
})

it.each(classes)('E2: the table in the docs names $name', ({ name, code }) => {
  expect(rows.find(([, found]) => found === code)?.[2]).toContain(`\`${name}\``)
})
