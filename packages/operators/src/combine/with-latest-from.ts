import { type Operator, type Pullable } from '@sluice/core'
import { asyncOperator, declare, described, DONE, PENDING, type Tickets } from '@sluice/core/authoring'
import { Input } from '../inputs/input'
import { Latest } from './latest'
import { sourcesOf, type Pullables } from '../inputs/sources'
import { apart, type InputsThenOptions, type ValuesOf } from '../inputs/apart'

const WITH_LATEST_FROM = /* @__PURE__ */ declare('withLatestFrom', () => ({}), { holds: 1 })

/** How far another input is read on before the next value of the source, so that an endless one does not hold it up. */
const AT_ONCE = 256

/**
 * Puts the newest values of other inputs beside each value of this source.
 *
 * - **emits** a tuple for each value of the source, once each other input has given a value: until then the source is held
 *   back, so no value of it is lost
 * - **holds back** the source when downstream does. The others are read as far as they go without waiting before each value
 *   of the source, 256 values at most; what is older than the newest is dropped, and counts as dealt with
 * - **completes** when the source has completed, or another input ends without a value
 * - **buffers** the newest value of each other input, and one of the source while the others have none
 * - **on failure** of an input, the tuples before are delivered first
 * - **on abort** all inputs are closed; the values held go back (their tickets are nacked)
 *
 * ```marble
 * in     -1---2-3---4-|
 * other  ---a----b------|
 *        withLatestFrom(other)
 * out    ---A-B-C---D-|      A = [1, 'a'], B = [2, 'a'], C = [3, 'a'], D = [4, 'b']
 * ```
 *
 * @param others anything `from` takes; after them `{ name }`, if you like.
 * @throws TypeError where one of `others` is nothing `from` takes.
 *
 * @example
 * ```ts
 * import { from, toArray, withLatestFrom } from 'sluice'
 *
 * await from([1, 2]).pipe(withLatestFrom(['a', 'b'])).to(toArray()).run() // [[1, 'b'], [2, 'b']]
 * ```
 */
export function withLatestFrom<A, B extends readonly unknown[]>(...others: Pullables<B>): Operator<A, [A, ...B]>
export function withLatestFrom<A, P extends readonly Pullable<unknown>[]>(...others: InputsThenOptions<P>): Operator<A, [A, ...ValuesOf<P>]>
export function withLatestFrom<A>(...others: readonly unknown[]): Operator<A, unknown> {
  const { inputs, options } = apart(others)
  const given = WITH_LATEST_FROM.read(options)
  const sources = sourcesOf('withLatestFrom', inputs)
  return described(WITH_LATEST_FROM, given, asyncOperator<A, [A, ...unknown[]]>(given.name, (upstream, stage) => {
    const input = new Input<A>(stage, upstream)
    const beside = sources.map((source) => ({ input: new Input<unknown>(stage, source), latest: new Latest<unknown>(stage) }))
    const tickets: Tickets = []
    const values: A[] = []
    const scratch: unknown[] = []
    const parts: Tickets = []
    let complete = false

    /** Reads the others on until they have to be waited for; answers whether they all have. */
    const refresh = (): boolean => {
      let quiet = true
      for (const { input: other, latest } of beside) {
        for (let left = AT_ONCE; left > 0; ) {
          const count = other.pull(scratch, left)
          for (let i = 0; i < count; i++) {
            latest.replace(scratch[i], other.tickets?.[i])
            scratch[i] = undefined
          }
          if (count === 0) break
          left -= count
        }
        if (other.ready && !other.ended) quiet = false
      }
      return quiet
    }
    /** Answers 1 when each input has its first value. The others are asked first: one may be empty. */
    const begin = (): number => {
      if (beside.some((other) => other.input.ended && !other.latest.known)) return DONE
      const here = input.fill()
      if (input.ended) return DONE
      complete = beside.every(({ latest }) => latest.known)
      return here && complete ? 1 : PENDING
    }
    const tuple = (into: [A, ...unknown[]][], at: number, value: A): void => {
      into[at] = [value, ...beside.map(({ latest }) => latest.value)] as unknown as [A, ...unknown[]]
      beside.forEach(({ latest }, i) => { parts[i + 1] = latest.share() })
      tickets[at] = stage.join(parts, beside.length + 1)
    }

    return {
      tickets,
      pull(into, limit) {
        let written = 0
        while (written < limit) {
          stage.ready = written
          const quiet = refresh()
          if (!complete) {
            const answer = begin()
            if (answer < 0) return answer
            parts[0] = input.ticket
            tuple(into, written++, input.take())
            continue
          }
          // Where the others have to be looked at before each value, each is asked for by itself.
          const count = input.pull(values, quiet ? limit - written : 1)
          if (count === 0) return written > 0 ? written : input.ended ? DONE : PENDING
          for (let i = 0; i < count; i++) {
            parts[0] = input.tickets?.[i]
            tuple(into, written++, values[i] as A)
            values[i] = undefined as A
          }
        }
        return written
      },
      close(outcome) {
        input.close(outcome)
        for (const { latest } of beside) latest.close(outcome)
      },
    }
  }), sources)
}
