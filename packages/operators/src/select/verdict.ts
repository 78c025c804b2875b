import { type Operator, type StageOptions } from '@sluice/core'
import { DONE, operator } from '@sluice/core/authoring'

/**
 * An operator with one output: what `decide` answers first, else `otherwise` at the end. It reads one value at a time, so
 * nothing is read beyond the one that decides; a value that decides nothing has been dealt with.
 */
export function verdict<A, B>(
  name: string,
  decide: (value: A) => { readonly answer: B } | undefined,
  otherwise: B,
  options: StageOptions<A>,
): Operator<A, B> {
  return operator<A, B>(
    name,
    (upstream, stage) => {
      const slot: (A | undefined)[] = []
      let over = false
      const say = (into: B[], answer: B): number => {
        over = true
        into[0] = answer
        return 1
      }
      return {
        tickets: upstream.tickets,
        pull(into) {
          if (over) return DONE
          const count = upstream.pull(slot as A[], 1)
          if (count === DONE) {
            if (upstream.tickets) upstream.tickets[0] = undefined
            stage.made(1)
            return say(into, otherwise)
          }
          if (count < 0) return count
          const value = slot[0] as A
          slot[0] = undefined
          stage.item = value
          let decided: { readonly answer: B } | undefined
          try {
            decided = decide(value)
          } catch (error) {
            return stage.failAfter(0, error, value, upstream.tickets?.[0])
          }
          if (decided) return say(into, decided.answer)
          stage.settle(upstream.tickets?.[0], 'absorbed')
          return 0
        },
      }
    },
    options,
  )
}
