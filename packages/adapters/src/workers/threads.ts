import { OptionError } from '@sluice/core'
import { brand, finiteNumber, isBranded, knownIn, wholeNumber } from '@sluice/core/authoring'

/** The brand of {@link Threads}, of whichever copy of Sluice. */
const THREADS = Symbol.for('sluice.threads')

/** As many threads as there is work for, between two bounds. */
export interface ThreadsByLoad {
  /** Threads that stay once they were started, 1 or more. Default 1. */
  readonly min?: number | undefined
  /** Threads at most. */
  readonly max: number
  /** One is added when all have as many items as they may; one is taken away when for so many ms one fewer would have done. Default 10,000. */
  readonly idleMs?: number | undefined
}

/**
 * A number of threads that can be changed while pipelines run. Stages that are given the same one have as many each.
 *
 * A thread that is one too many gets no more items and ends when it has dealt with those it has.
 *
 * @throws OptionError where the number is none of at least 1.
 *
 * @example
 * ```ts
 * const threads = new Threads(2)
 * const run = source.pipe(mapWorkers(script, { threads })).to(sink).run()
 * threads.resize(4)
 * ```
 */
export class Threads {
  #count: number
  readonly #followers = new Set<() => void>()

  constructor(count: number) {
    // In the constructor: a class with a computed member is kept in every bundle.
    brand(this, THREADS)
    this.#count = wholeNumber('Threads', 'count', count)
  }

  get count(): number {
    return this.#count
  }

  /** From now on so many, in every stage that runs with this. */
  resize(count: number): void {
    this.#count = wholeNumber('Threads', 'count', count)
    for (const follower of [...this.#followers]) follower()
  }

  /** @internal Calls back after every change; the answer ends that. */
  follow(follower: () => void): () => void {
    this.#followers.add(follower)
    return () => { this.#followers.delete(follower) }
  }
}

/** What a stage asks of {@link Threads}: those of another copy of Sluice do, whose class is another type. */
export type ThreadsLike = Pick<Threads, keyof Threads>

/** Whether an option is {@link Threads}. */
export function isThreads(threads: unknown): threads is ThreadsLike {
  return isBranded(threads, THREADS)
}

/** How many threads there are, and how many there should be: the number is decided each time it is asked for. */
export interface Sizing {
  readonly count: number
  /** All threads have all the items they may have, and there is more. */
  full(): void
  /** So many items are out on threads. */
  out(items: number): void
  close(): void
}

/** Checks `threads` when the pipeline is built. */
export function checkThreads(owner: string, threads: number | ThreadsByLoad | ThreadsLike | undefined): number | Required<ThreadsByLoad> | ThreadsLike {
  if (threads === undefined) return processors()
  if (isThreads(threads)) return threads
  if (typeof threads !== 'object') return wholeNumber(owner, 'threads', threads)
  // From JavaScript it may be null.
  const given = threads as Partial<ThreadsByLoad> | null
  if (given === null || Array.isArray(given)) throw new OptionError(owner, 'threads', threads, 'a number, { min, max } or a Threads')
  knownIn(owner, 'threads', given, ['min', 'max', 'idleMs'])
  const min = wholeNumber(owner, 'threads.min', given.min ?? 1)
  const max = wholeNumber(owner, 'threads.max', given.max, min)
  return { min, max, idleMs: finiteNumber(owner, 'threads.idleMs', given.idleMs ?? 10_000, 1) }
}

/** As many as can run at once. */
function processors(): number {
  const { navigator, process } = globalThis as {
    readonly navigator?: { readonly hardwareConcurrency?: number }
    readonly process?: { readonly getBuiltinModule?: (id: string) => unknown }
  }
  const os = process?.getBuiltinModule?.('node:os') as { availableParallelism(): number } | undefined
  return os?.availableParallelism() ?? navigator?.hardwareConcurrency ?? 1
}
