import * as core from '@sluice/core'
import * as authoring from '@sluice/core/authoring'
import type { Choose, CompositionEntry, CompositionText, CompositionUse } from '@sluice/testing'
import * as operators from '../index'
import * as numbers from './numbers'

const MODULES = { '@sluice/core': new Set(Object.keys(core)), '@sluice/core/authoring': new Set(Object.keys(authoring)), '@sluice/operators': new Set(Object.keys(operators)), '@sluice/operators/laws': new Set(Object.keys(numbers)) }

/** An entry; the imports that the text of a use needs are found in the text. */
export function entry(name: string, use: (choose: Choose, text: CompositionText) => CompositionUse): CompositionEntry {
  return {
    name,
    use: (choose, text) => {
      const drawn = use(choose, text)
      return { ...drawn, get imports() { return importsOf(drawn.code) } }
    },
  }
}

/** An entry of an operator that hands on every value, in order, in the same pull. */
export function passing(name: string, code: string, make: CompositionUse['make']): CompositionEntry {
  return entry(name, () => ({ code, make, reference: (values) => values, plain: true }))
}

function importsOf(code: string): Record<string, string[]> {
  const words = new Set(code.match(/[A-Za-z]\w*/g))
  return Object.fromEntries(Object.entries(MODULES).map(([module, names]) => [module, [...words].filter((word) => names.has(word))]))
}
