import { seededRandom } from '../schedule/random'

/** Draws from lists, the same for the same name: a case that fails, fails again, and keeps its title. */
export class Draw {
  readonly #random: () => number

  /** @param name of the entry: others get others, so that all of them together see every combination. */
  constructor(name: string) {
    let seed = 0
    for (let i = 0; i < name.length; i++) seed = (Math.imul(seed, 31) + name.charCodeAt(i)) >>> 0
    this.#random = seededRandom(seed)
  }

  /** A whole number from 0 to `below - 1`. */
  index(below: number): number {
    return Math.floor(this.#random() * below)
  }

  one<T>(list: readonly T[]): T {
    return list[this.index(list.length)] as T
  }

  /** Two that differ, of a list of at least two. */
  two<T>(list: readonly T[]): readonly [T, T] {
    const first = this.index(list.length)
    return [list[first] as T, list[(first + 1 + this.index(list.length - 1)) % list.length] as T]
  }
}
