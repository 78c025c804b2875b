import { calledWithin, injectedContext, promiseOf, surrounded, type Call, type Stage } from '@sluice/core/authoring'

/** A try that something was put around: it ends as the promise of a function would. */
class Surrounded {
  readonly promise: Promise<unknown>
  /** What came out of all that was put around it. */
  answered: Promise<unknown>
  resolve!: (value: unknown) => void
  reject!: (error: unknown) => void
  /** The context in which its function would be called, as texts. */
  readonly carried = injectedContext(undefined)

  constructor() {
    this.promise = new Promise<unknown>((resolve, reject) => {
      this.resolve = resolve
      this.reject = reject
    })
    this.answered = this.promise
    // Whoever has put something around it may look at it, or not.
    this.promise.catch(noop)
  }
}

/**
 * What others have put around the calls of a stage whose functions run on threads (`aroundCalls`), as a span of each item: what is called
 * there is the way to the thread and back. The context that is active inside goes to the thread.
 *
 * ```text
 *   began ─▶ around(() => promise) ─ carried ─▶ thread
 *                        └── resolved, rejected, closed
 * ```
 *
 * Invariant: a try that has begun ends once; a thread that is lost gives it to another one, which ends it.
 */
export class SurroundedTries<A, B> {
  readonly #begin: (item: A, call: Call<A, B>) => unknown
  readonly #open = new Map<Call<A, B>, Surrounded>()

  private constructor(begin: (item: A, call: Call<A, B>) => unknown) {
    this.#begin = begin
  }

  /** Undefined where nothing was put around the calls of this stage. */
  static of<A, B>(stage: Stage): SurroundedTries<A, B> | undefined {
    const bare = (_item: A, call: Call<A, B>): unknown => made.#began(call)
    const begin = surrounded(stage, bare)
    const made = new SurroundedTries<A, B>(begin)
    return begin === bare ? undefined : made
  }

  /** @throws what was put around it throws. */
  begin(call: Call<A, B>): void {
    const within = call.ticket?.within
    const answer = within === undefined ? this.#begin(call.item as A, call) : calledWithin(within, () => this.#begin(call.item as A, call))
    // What comes of the try is told by its thread: only when that was heard of is looked at.
    const promise = promiseOf(answer)
    const open = this.#open.get(call)
    if (promise && open) open.answered = promise
    promise?.catch(noop)
  }

  /** The context in which the function of an item is to be called, as texts. */
  carriedBy(call: Call<A, B>): Readonly<Record<string, string>> | undefined {
    return this.#open.get(call)?.carried
  }

  resolved(call: Call<A, B>, value: unknown): void {
    this.#ended(call)?.resolve(value)
  }

  /** `then` is called when what was put around the try has heard of it, and before that the failure ends no run. */
  rejected(call: Call<A, B>, error: unknown, then: () => void): void {
    const ended = this.#ended(call)
    if (ended === undefined) {
      then()
      return
    }
    ended.reject(error)
    ended.answered.then(then, then)
  }

  /** The stage has ended: nobody hears of what is still on threads. */
  close(reason: unknown): void {
    for (const { reject } of this.#open.values()) reject(reason)
    this.#open.clear()
  }

  #began(call: Call<A, B>): Promise<unknown> {
    const began = new Surrounded()
    this.#open.set(call, began)
    return began.promise
  }

  #ended(call: Call<A, B>): Surrounded | undefined {
    const open = this.#open.get(call)
    this.#open.delete(call)
    return open
  }
}

function noop(): void {}
