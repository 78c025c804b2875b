import { fileURLToPath } from 'node:url'
import { describe, expect, it, vi } from 'vitest'
import * as core from '@sluice/core'
import * as authoring from '@sluice/core/authoring'
import * as durable from '@sluice/core/durable'
import * as operators from '@sluice/operators'
import { readDocstrings } from './docstrings.mjs'
import { runExample } from './run-example'

const modules = { sluice: { ...core, ...operators }, '@sluice/core': core, '@sluice/core/authoring': authoring, '@sluice/core/durable': durable, '@sluice/operators': operators }
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const exported = (names: object, folder: string) => readDocstrings(at(folder)).filter(({ name }) => name in names)

describe('the examples in the docstrings run and give what they say', () => {
  it.each(exported(operators, '../packages/operators/src').filter(({ kind, examples }) => kind === 'function' || examples.length > 0).map((doc) => [doc.name, doc] as const))('%s', async (name, { examples }) => {
    vi.spyOn(console, 'log').mockReturnValue(undefined)
    expect(examples.length).toBeGreaterThan(0)
    // Where both packages have a name, core's is meant, but for the operator the example is of.
    const scope = { ...operators, ...core, ...authoring, [name]: operators[name as keyof typeof operators] }
    for (const code of examples) expect(await runExample(code, scope, (actual, expected, line) => { expect(actual, line).toEqual(expected) }, modules), 'values told').toBeGreaterThan(0)
  })

  it.each(exported(core, '../packages/core/src').filter(({ examples }) => examples.some((code) => /await .*\/\/ /.test(code))).map((doc) => [doc.name, doc] as const))('%s', async (_name, { examples }) => {
    vi.spyOn(console, 'log').mockReturnValue(undefined)
    for (const code of examples) await runExample(code, { ...operators, ...core, ...authoring }, (actual, expected, line) => { expect(actual, line).toEqual(expected) }, modules)
  })
})
