import type { StageCauses } from '../contract/stage-stats'

const MOST_NAMES = 16
const OTHERS = 'others'

/** Time by the name of what was waited for, in ms. Few names, so a list of pairs is quicker than a map, and makes no garbage. */
export class Waits {
  readonly #names: string[] = []
  readonly #ms: number[] = []

  add(name: string, ms: number): void {
    if (ms <= 0) return
    const at = this.#names.indexOf(name)
    if (at >= 0) this.#ms[at] = (this.#ms[at] as number) + ms
    // A name for each of a thousand runs would be no figure any more.
    else if (this.#names.length < MOST_NAMES) {
      this.#names.push(name)
      this.#ms.push(ms)
    } else this.#rest(ms)
  }

  /** So much less was waited for something, as is known only now. */
  remove(name: string, ms: number): void {
    const at = this.#names.indexOf(name)
    if (at >= 0) this.#ms[at] = Math.max(0, (this.#ms[at] as number) - ms)
  }

  /** What there is at the moment, for {@link between}. Undefined where that is nothing. */
  mark(): readonly number[] | undefined {
    return this.#ms.length === 0 ? undefined : this.#ms.slice()
  }

  /** What has come between two marks, as a plain object. */
  between(mark: readonly number[] | undefined, until: readonly number[] | undefined): Record<string, number> {
    return Object.fromEntries(this.#names.flatMap((name, i) => {
      const ms = (until?.[i] ?? 0) - (mark?.[i] ?? 0)
      return ms > 0 ? [[name, ms]] : []
    }))
  }

  /** As a plain object. A name may be that of something every object has. */
  read(): Record<string, number> {
    return Object.fromEntries(this.#names.flatMap((name, i) => ((this.#ms[i] as number) > 0 ? [[name, this.#ms[i] as number]] : [])))
  }

  #rest(ms: number): void {
    const at = this.#names.indexOf(OTHERS)
    if (at >= 0) this.#ms[at] = (this.#ms[at] as number) + ms
    else {
      this.#names[MOST_NAMES - 1] = OTHERS
      this.#ms[MOST_NAMES - 1] = (this.#ms[MOST_NAMES - 1] as number) + ms
    }
  }
}

/** What a stage has waited for in three of its states. */
export class Causes {
  readonly limited = new Waits()
  readonly calling = new Waits()
  readonly blocked = new Waits()

  read(): StageCauses {
    return { limited: this.limited.read(), calling: this.calling.read(), blocked: this.blocked.read() }
  }
}
