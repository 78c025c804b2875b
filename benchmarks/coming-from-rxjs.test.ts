import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import * as rxjsOperators from 'rxjs/operators'
import * as core from '@sluice/core'
import * as operators from '@sluice/operators'

const text = readFileSync(new URL('../docs/coming-from-rxjs.md', import.meta.url), 'utf8')
const rows = text.split('\n').filter((line) => line.startsWith('| `'))
const namesIn = (cell: string | undefined): string[] => [...(cell ?? '').matchAll(/`([A-Za-z]+)/g)].map((match) => match[1] ?? '')

it.each(Object.keys(rxjsOperators))('says what became of %s', (name) => {
  expect(rows.some((row) => namesIn(row.split('|')[1]).includes(name)), `a row for ${name}`).toBe(true)
})

it('names under "the same name" exist here', () => {
  const same = text.slice(text.indexOf('## The same name'), text.indexOf('## Another name')).split('\n').filter((line) => line.startsWith('| `'))
  const missing = same.flatMap((row) => namesIn(row.split('|')[1])).filter((name) => !(name in operators) && !(name in core))
  expect(missing).toEqual([])
})
