import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import * as operators from './index'

const here = fileURLToPath(new URL('.', import.meta.url))
const files = readdirSync(here, { recursive: true, encoding: 'utf8' }).map((file) => file.replaceAll('\\', '/'))
const textOf = (file: string): string => readFileSync(`${here}/${file}`, 'utf8')
const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
/** Exports that are operators: classes and constants beside them have an upper-case letter first. */
const names = Object.keys(operators).filter((name) => /^[a-z]/.test(name))

it.each(names)('O0: %s has a file of its own, and a test beside it that puts it under law', (name) => {
  const file = files.find((path) => path.endsWith(`/${kebab(name)}.ts`))
  expect(file, `${kebab(name)}.ts`).toBeDefined()
  expect(textOf(file!.replace(/\.ts$/, '.test.ts'))).toContain(`underLaw('${name}', {`)
})

it.each(names)('O0: the types of %s are tested', (name) => {
  const typeTests = files.filter((path) => path.endsWith('.test-d.ts')).map(textOf).join('\n')
  expect(typeTests).toMatch(new RegExp(`\\b${name}\\(`))
})
