import { describe, it } from 'vitest'
import { operatorLaws, type OperatorEntry } from '@sluice/testing'

/**
 * Puts an exported operator under law. Law O0 looks for this call, with the name of the export, in the test beside each
 * operator.
 *
 * @param operator the name of the export.
 * @param uses ways to use it, by what they are called with, each with a reference on arrays.
 */
export function underLaw(operator: string, uses: Readonly<Record<string, Omit<OperatorEntry, 'name'>>>): void {
  for (const [use, entry] of Object.entries(uses)) {
    const name = `${operator}(${use})`
    describe(name, () => {
      for (const { name: title, run } of operatorLaws({ ...entry, name })) it(title, run)
    })
  }
}

/** A function of a user's that takes its time with every third value. */
export async function later<T>(value: T): Promise<T> {
  if (Number(value) % 3 === 0) await Promise.resolve()
  return value
}

/** A test that every second number passes. */
export const even = (value: unknown): boolean => Number(value) % 2 === 0

/** A list cut into pieces of at most `size`. */
export function chunks<T>(values: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, i) => values.slice(i * size, (i + 1) * size))
}
