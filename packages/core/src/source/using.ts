import type { Named } from '../contract/supervision'
import { DONE, PENDING } from '../contract/answers'
import type { Outcome } from '../contract/outcome'
import type { Outlet } from '../contract/outlet'
import type { Source } from '../contract/source'
import { promiseOf } from '../foreign/promise-of'
import { source } from '../kit/source'
import { from, type Pullable } from './from'
import { tell } from '../kit/described'
import { declare } from '../options/declare'
import { fn } from '../options/rules'

const USING = /* @__PURE__ */ declare('using', () => ({ args: { acquire: fn, use: fn, release: fn } }), {})

/**
 * A source that needs something acquired before and released after it, whatever happens in between.
 *
 * - **emits** what `use` answers
 * - **completes** when that does
 * - **on failure** of `acquire` nothing has to be released; of `release`, the run fails, or where it has failed
 *   already the error is kept beside the first
 * - **on abort** `release` is called as well. It is called exactly once for each `acquire`, told how it ended, and
 *   awaited before the run settles
 *
 * @param acquire called once per run, when the first value is wanted.
 * @param use answers anything {@link from} takes.
 * @param release gets the resource and the outcome: completed, failed or cancelled.
 * @param options `name`.
 *
 * @example
 * ```ts
 * using(() => pool.connect(), (client) => client.query(cursor), (client) => client.release())
 * ```
 */
export function using<H, T>(
  acquire: () => H | PromiseLike<H>,
  use: (resource: H) => Pullable<T>,
  release: (resource: H, outcome: Outcome) => unknown,
  options?: Named,
): Source<T> {
  const given = USING.read(options, { acquire, use, release })
  return tell(source<T>(given.name, (stage) => {
    let state: 'new' | 'acquiring' | 'open' | 'failed' = 'new'
    let resource: H | undefined
    let held = false
    let isHalted = false
    let inner: Outlet<T> | undefined
    let acquiring: Promise<void> | undefined

    const acquired = (value: H): void => {
      resource = value
      held = true
      state = 'open'
    }
    const open = (): number => {
      state = 'acquiring'
      const work = acquire()
      const promise = promiseOf(work)
      if (promise === undefined) {
        acquired(work as H)
        return 1
      }
      acquiring = promise.then(
        (value) => {
          acquired(value)
          // Whoever was closed meanwhile releases in `close`, which waits for this.
          if (!stage.outcome) stage.scope.scheduler.dispatch(stage.wake)
        },
        (error: unknown) => {
          state = 'failed'
          if (!stage.outcome) stage.fail(error)
        },
      )
      return PENDING
    }

    return {
      // A resource may hold acknowledged values: tickets pass through once the inner source is open.
      get tickets() {
        return inner?.tickets
      },
      pull(into, limit) {
        if (state === 'new' && open() === PENDING) return PENDING
        if (state === 'acquiring') return PENDING
        if (state === 'failed' || (isHalted && inner === undefined)) return DONE
        inner ??= stage.open(from(use(resource as H)))
        return inner.pull(into, limit)
      },
      halt() {
        if (state === 'new') return false
        // What is being acquired is only released; the source that was opened is halted itself.
        isHalted = true
        return true
      },
      close(outcome) {
        void inner?.close(outcome)
        const free = (): unknown => (held ? release(resource as H, outcome) : undefined)
        return state === 'acquiring' ? acquiring?.then(free) : free()
      },
    }
  }), USING, given)
}
