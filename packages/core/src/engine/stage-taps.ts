/** Looks at what a stage hands on. */
export interface Tap {
  /** The first `count` values of `batch` are handed on: keeps nothing of the array, changes nothing in it, and never throws. */
  passed(batch: readonly unknown[], count: number): void
}

/** The taps of one stage. An object with one method, so that the taps of another copy of Sluice are met as those of this one. */
export class StageTaps implements Tap {
  readonly all = new Set<Tap>()

  passed(batch: readonly unknown[], count: number): void {
    for (const tap of this.all) tap.passed(batch, count)
  }
}
