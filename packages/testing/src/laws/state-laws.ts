import type { StateStore } from '@sluice/core/durable'
import { assertEqual } from '../probe/assert'
import type { LawCase } from './law-case'

/** A store of state that is tried. */
export interface StateEntry {
  readonly name: string
  /** An empty store, and the same one as another process has it. */
  readonly make: () => Promise<{ readonly store: StateStore; readonly other: StateStore; readonly dispose: () => Promise<void> }>
  /** How long the shortest time to live is that can be told, in ms. Default 100. */
  readonly ttlMs?: number
}

const bytes = (...values: number[]): Uint8Array => new Uint8Array(values)

/**
 * The laws that every store of state keeps.
 *
 * @example
 * ```ts
 * for (const { name, run } of stateLaws({ name: 'mine', make })) it(name, run)
 * ```
 */
export function stateLaws({ name, make, ttlMs = 100 }: StateEntry): LawCase[] {
  const cases: LawCase[] = []
  const add = (what: string, run: (store: StateStore, other: StateStore) => Promise<void>): void => {
    cases.push({
      law: 'D25', name: `D25: ${name}: ${what}`,
      run: async () => {
        const { store, other, dispose } = await make()
        try {
          await run(store, other)
        } finally {
          await dispose()
        }
      },
    })
  }
  const at = async (store: StateStore, key: string): Promise<number[] | undefined> => {
    const found = await store.read(key)
    return found && [...found.value]
  }

  add('what was written is read, here and elsewhere, under any key, and can be deleted', async (store, other) => {
    for (const key of ['a', 'a/b', 'ü → "\'\\', ' ', 'k'.repeat(300)]) {
      assertEqual(await store.write([{ key, value: bytes(0, 255, key.length % 256) }]), true, 'the write')
      assertEqual(await at(other, key), [0, 255, key.length % 256], `what is under ${key}`)
      await other.write([{ key }])
      assertEqual(await at(store, key), undefined, 'what was deleted')
    }
  })

  add('a write may depend on the revision, 0 for none; all changes are made, or none', async (store, other) => {
    assertEqual(await store.write([{ key: 'a', value: bytes(1), onlyIf: 0 }]), true, 'the first')
    assertEqual(await other.write([{ key: 'a', value: bytes(2), onlyIf: 0 }]), false, 'a second first')
    const revision = (await other.read('a'))?.revision as number
    assertEqual(await other.write([{ key: 'b', value: bytes(9) }, { key: 'a', value: bytes(3), onlyIf: revision }]), true, 'with the revision')
    assertEqual(await store.write([{ key: 'b', value: bytes(8) }, { key: 'a', value: bytes(4), onlyIf: revision }]), false, 'with an old revision')
    assertEqual([await at(store, 'a'), await at(store, 'b')], [[3], [9]], 'what is there')
    assertEqual(await store.write([{ key: 'a', onlyIf: revision }]), false, 'a deletion with an old revision')
  })

  add('of many who claim a key at once, one succeeds', async (store, other) => {
    const claims = await Promise.all(Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? store : other).write([{ key: 'claim', value: bytes(n), onlyIf: 0 }])))
    assertEqual(claims.filter(Boolean).length, 1, 'how many have it')
  })

  add('what has a time to live is gone after it, and may be claimed again', async (store, other) => {
    await store.write([{ key: 'a', value: bytes(1), ttlMs }])
    assertEqual(await at(other, 'a'), [1], 'before')
    await new Promise((resolve) => { setTimeout(resolve, 1.5 * ttlMs + 20) })
    assertEqual(await at(other, 'a'), undefined, 'after')
    assertEqual(await other.write([{ key: 'a', value: bytes(2), onlyIf: 0 }]), true, 'a claim')
  })

  return cases
}
