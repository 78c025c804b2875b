/** What the law needs of an arbitrary of fast-check. */
export interface Arbitrary<T> {
  map<U>(mapper: (value: T) => U): Arbitrary<U>
}

/** What a check of fast-check answers, as far as the law reads it. */
export interface CheckDetails<T> {
  readonly failed: boolean
  readonly counterexample: T | null
  readonly numRuns: number
  readonly numShrinks: number
  readonly errorInstance?: unknown
}

/** What the law needs of fast-check, which is handed in: `import fc from 'fast-check'` fits, from version 4 on. */
export interface FastCheck {
  integer(constraints: { min: number; max: number }): Arbitrary<number>
  array<T>(each: Arbitrary<T>, constraints: { minLength: number; maxLength: number; size: 'max' }): Arbitrary<T[]>
  tuple<T extends unknown[]>(...parts: { [K in keyof T]: Arbitrary<T[K]> }): Arbitrary<T>
  asyncProperty<T>(arbitrary: Arbitrary<T>, predicate: (value: T) => Promise<void>): unknown
  check(property: unknown, parameters: { seed: number; numRuns: number }): Promise<CheckDetails<[unknown]>>
}
