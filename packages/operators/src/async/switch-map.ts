import { type Operator, type StageOptions } from '@sluice/core'
import { asyncOperator, decision, declare, described, DONE, fn, PENDING } from '@sluice/core/authoring'
import type { ProjectInner } from '../inputs/inner'
import { SoleInner } from './sole-inner'

const SWITCH_MAP = /* @__PURE__ */ declare('switchMap', () => ({ args: { project: fn }, options: { onError: decision } }), { drops: 'surplus', opens: 1 })

/** So many values of an inner source that always has some, then the source is asked whether it has a newer one. */
const IN_A_ROW = 256

/**
 * Makes an inner source of each value and hands on what the newest of them gives; the one before is closed.
 *
 * - **emits** the values of the newest inner source. The source is asked when it has announced a value, when the inner
 *   source has nothing at hand, and after every 256 values. That a slice of time is over decides nothing: so an array of arrays is not cut short, a live source cuts at
 *   once
 * - **holds back** when downstream does: nothing is read or replaced while no value is wanted
 * - **completes** when the source and the newest inner source have completed
 * - **buffers** nothing
 * - **on failure** of `project` or of the inner source as `onError` says; a retry makes the inner source anew, from its
 *   start. What a replaced inner source does after it was closed is of no interest. Before the
 *   failure of the source, what the inner source has at hand is delivered
 * - **on abort** the inner source is closed, `signal` aborted. The ticket of a value whose inner source was replaced is
 *   acknowledged, as one dropped on purpose; where the run cuts the inner source short, it is given back
 *
 * ```marble
 * in     -1-----2---3-----|
 *        switchMap((n) => inner)       inner: -n-n-n|
 * out    --1-1-1-2-2-3-3-3|
 * ```
 *
 * @param project gets the value and `{ signal, attempt }`; answers anything `from` takes. `signal` is aborted when a newer
 * value comes: give it to `fetch`.
 * @param options `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * import { from, switchMap, toArray } from 'sluice'
 *
 * const search = switchMap(async (query: string, { signal }) => (signal.aborted ? '' : `results of ${query}`))
 * await from(['a', 'ab', 'abc']).pipe(search).to(toArray()).run() // ['results of abc']
 * ```
 */
export function switchMap<A, B>(project: ProjectInner<A, B>, options?: StageOptions<A>): Operator<A, B> {
  const given = SWITCH_MAP.read(options, { project })
  const { name } = given
  return described(SWITCH_MAP, given, asyncOperator<A, B>(name, (upstream, stage) => {
    /** True from a wake of the source until it was asked. */
    let announced = false
    let inARow = 0
    /** The source had the slice before the inner source gave way: the inner source is asked first in the next pull. */
    let owed = false
    const inner = new SoleInner<A, B>(upstream, stage, project, given, () => { announced = true })

    /** Asks the source; a value takes the place of the one before. */
    const look = (): boolean => {
      inARow = 0
      // A source that has answered in this pull is asked in the next one: what it has announced since still holds.
      if (!inner.input.ready) return false
      announced = false
      return inner.renew()
    }

    return {
      tickets: inner.tickets,
      pull(into, limit) {
        if (stage.failing) return inner.drain(into, limit)
        const { scheduler } = stage.scope
        const innerFirst = owed
        let looked = false
        /** The inner source there is has not answered yet. */
        let isNew = false
        let written = 0
        while (written < limit) {
          stage.ready = written
          if (!inner.isOpen || (!owed && announced) || inARow >= IN_A_ROW) {
            looked = true
            if (look()) isNew = true
          }
          if (!inner.isOpen) return written > 0 ? written : inner.isOver ? DONE : PENDING
          const count = inner.pull(into, written, Math.min(limit - written, IN_A_ROW - inARow))
          if (count === 0) return written
          if (count === PENDING && inner.gaveWay) {
            // Whoever had the used-up slice, the other one is asked first in the next: neither is replaced unasked, nor starves.
            if (looked) owed = isNew || !innerFirst || written === 0
            return written > 0 ? written : PENDING
          }
          owed = isNew = false
          if (count > 0) {
            written += count
            inARow += count
            continue
          }
          if (count === PENDING) {
            looked = true
            isNew = look()
            if (!isNew) return written > 0 ? written : PENDING
          }
          // A source without end must not hold up everything else. Only after a step: where every slice is used up, it gets on.
          if (scheduler.spent(1)) {
            owed = inner.isOpen
            return stage.giveWay(written)
          }
        }
        return written
      },
      close(outcome) {
        inner.close(outcome)
      },
    }
  }))
}
