import { macrotask, wholeNumber, type Scheduler, type Task } from '@sluice/core/authoring'
import { seededRandom } from './random'

/**
 * A scheduler that takes every liberty the contract allows, chosen by a seed: which ready task runs next, whether it
 * runs at once, in a microtask or in a macrotask, how large a batch is, when a slice is over.
 *
 * What works under a few hundred seeds does not lean on luck; what fails, fails again under the same seed.
 *
 * @example
 * ```ts
 * await pipeline.run({ scheduler: new ExploringScheduler(7) })
 * ```
 */
export class ExploringScheduler implements Scheduler {
  readonly #random: () => number
  readonly #ready: Task[] = []
  #armed = false
  #running = false
  #active = false
  /** The running task has used up its slice; it stays so until its turn ends. */
  #over = false

  constructor(readonly seed: number) {
    this.#random = seededRandom(seed)
  }

  get batch(): number {
    return [1, 2, 3, 64][this.#choose(4)] ?? 1
  }

  /** True while nothing is ready, and it was given nothing since this was asked before: for `VirtualClock.runOut`. */
  readonly resting = (): boolean => {
    const quiet = this.#ready.length === 0 && !this.#active
    this.#active = false
    return quiet
  }

  enqueue(task: Task): void {
    this.#active = true
    this.#ready.push(task)
    this.#arm()
  }

  dispatch(wake: () => void): void {
    this.#active = true
    wake()
    if (!this.#running && this.#choose(2) === 0) this.#runSome()
  }

  spent(units: number): boolean {
    if (!this.#running) return this.#choose(4) === 0
    this.worked(units)
    return this.#over
  }

  /** Only work uses up a slice, and only that of a task: what pulls outside of one is told in {@link spent} alone. */
  worked(units: number): void {
    if (units > 0 && this.#running && this.#choose(4) === 0) this.#over = true
  }

  isSpent(): boolean {
    return this.#over
  }

  #arm(): void {
    if (this.#armed || this.#ready.length === 0) return
    this.#armed = true
    const flush = (): void => {
      this.#armed = false
      this.#runSome()
    }
    if (this.#choose(3) > 0) void Promise.resolve().then(flush)
    else macrotask(flush)
  }

  #runSome(): void {
    if (this.#running) return
    this.#running = true
    for (let turns = 1 + this.#choose(4); turns > 0 && this.#ready.length > 0; turns--) {
      const [task] = this.#ready.splice(this.#choose(this.#ready.length), 1)
      this.#over = false
      task?.run()
    }
    this.#running = this.#over = false
    this.#arm()
  }

  #choose(count: number): number {
    return Math.floor(this.#random() * count)
  }
}

/**
 * Runs a scenario under many seeds, one after the other; the first that fails is named in the error.
 *
 * @param seeds how many, 1 or more; 200 finds most races of two or three tasks.
 * @param scenario gets a scheduler and a seeded `random` for choices of its own.
 * @throws OptionError where `seeds` would run nothing.
 *
 * @example
 * ```ts
 * await explore(200, async ({ scheduler }) => {
 *   expect(await source.pipe(buffer(1)).to(toArray()).run({ scheduler })).toEqual([1, 2, 3])
 * })
 * ```
 */
export async function explore(
  seeds: number,
  scenario: (world: { readonly scheduler: ExploringScheduler; readonly random: () => number; readonly seed: number }) => Promise<void>,
): Promise<void> {
  wholeNumber('explore', 'seeds', seeds)
  for (let seed = 1; seed <= seeds; seed++) {
    try {
      await scenario({ scheduler: new ExploringScheduler(seed), random: seededRandom(seed * 7919), seed })
    } catch (error) {
      throw new Error(`failed under seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }
}
