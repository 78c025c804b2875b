import { type Operator, type StageOptions } from '@sluice/core'
import { asyncOperator, decision, declare, described, DONE, fn, PENDING } from '@sluice/core/authoring'
import type { ProjectInner } from '../inputs/inner'
import { SoleInner } from './sole-inner'

const EXHAUST_MAP = /* @__PURE__ */ declare('exhaustMap', () => ({ args: { project: fn }, options: { onError: decision } }), { drops: 'surplus', opens: 1 })

/**
 * Makes an inner source of a value and ignores what comes until that has completed.
 *
 * - **emits** the values of the inner source
 * - **holds back** when downstream does: while no value is wanted nothing is read, so nothing is ignored either. Values that
 *   come while the inner source is waited for are read and ignored; `stats()` counts them as dropped
 * - **completes** when the source and the inner source have completed
 * - **buffers** nothing
 * - **on failure** of `project` or of the inner source as `onError` says; a retry makes the inner source anew, from its
 *   start. What comes in between is ignored. Before the failure of the source, what the inner source
 *   has at hand is delivered
 * - **on abort** the inner source is closed, `signal` aborted. The ticket of an ignored value is acknowledged, as one dropped
 *   on purpose; that of a value whose inner source was cut short is given back
 *
 * ```marble
 * in     -1--2-----3-----|
 *        exhaustMap((n) => inner)       inner: -n-n|
 * out    --1-1------3-3--|
 * ```
 *
 * @param project gets the value and `{ signal, attempt }`; answers anything `from` takes.
 * @param options `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * import { exhaustMap, from, toArray } from 'sluice'
 *
 * const save = exhaustMap(async (click: number) => `saved by click ${click}`)
 * await from([1, 2, 3]).pipe(save).to(toArray()).run() // ['saved by click 1']
 * ```
 */
export function exhaustMap<A, B>(project: ProjectInner<A, B>, options?: StageOptions<A>): Operator<A, B> {
  const given = EXHAUST_MAP.read(options, { project })
  const { name } = given
  return described(EXHAUST_MAP, given, asyncOperator<A, B>(name, (upstream, stage) => {
    const inner = new SoleInner<A, B>(upstream, stage, project, given)
    const { input } = inner
    const ignored: A[] = []

    /** Reads what has come while the inner source is waited for, until there is no more; false where the slice is used up. */
    const ignore = (): boolean => {
      const { scheduler } = stage.scope
      while (input.ready && !input.ended) {
        const count = inner.read(ignored, scheduler.batch)
        for (let i = 0; i < count; i++) stage.settle(input.tickets?.[i], 'dropped')
        ignored.length = 0
        // A source without end must not hold up everything else.
        if (count > 0 && scheduler.spent(count)) return false
      }
      return true
    }

    return {
      tickets: inner.tickets,
      pull(into, limit) {
        if (stage.failing) return inner.drain(into, limit)
        const { scheduler } = stage.scope
        let written = 0
        while (written < limit) {
          stage.ready = written
          if (!inner.isOpen && !inner.renew()) return written > 0 ? written : inner.isOver ? DONE : PENDING
          const count = inner.pull(into, written, limit - written)
          if (count === 0) return written
          if (count > 0) {
            written += count
            continue
          }
          // The inner source has said PENDING, and is asked again in the next pull at the earliest. One that only gave way may
          // end then, and what has come meanwhile is not ignored.
          if (count === PENDING) return !inner.gaveWay && ignore() && written === 0 ? PENDING : stage.giveWay(written)
          // A long row of inner sources without values must not hold up everything else.
          if (scheduler.spent(1)) return stage.giveWay(written)
        }
        return written
      },
      close(outcome) {
        inner.close(outcome)
      },
    }
  }))
}
