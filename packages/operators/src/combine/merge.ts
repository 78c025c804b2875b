import { asyncOperator, DONE, from, PENDING, RingBuffer, type Operator, type Outlet, type Pullable, type Tickets } from '@sluice/core'

/**
 * Hands on the values of this source and of others, whichever has some.
 *
 * - **emits** values as they come; inputs that always have values take turns, each with its share of what is wanted
 * - **holds back** every input when downstream does
 * - **completes** when all inputs have completed
 * - **buffers** nothing
 * - **on failure** of one input, values of the others that are there are delivered, the others are closed, and the
 *   run fails
 * - **on abort** all inputs are closed
 *
 * @param others anything `from` takes.
 *
 * @example
 * ```ts
 * await from([1, 3]).pipe(merge([2, 4])).to(toArray()).run() // all four, 1 before 3 and 2 before 4
 * ```
 */
export function merge<A, B = never>(...others: Pullable<B>[]): Operator<A, A | B> {
  // Checked now, not when it runs: `from` says what is wrong with an argument.
  const sources = others.map((other) => from(other))
  return asyncOperator<A, A | B>('merge', (upstream, stage) => {
    type Input = { outlet: Outlet<A | B>; ready: boolean }
    const inputs: Input[] = []
    /** Inputs worth asking, in turn. Invariant: an input is in it exactly when its `ready` is true. */
    const ready = new RingBuffer<Input>(sources.length + 1)
    let open = 0

    for (const source of [upstream, ...sources]) {
      const wake = (): void => {
        if (input.ready) return
        input.ready = true
        ready.push(input)
        stage.wake()
      }
      const input = { ready: true } as Input
      input.outlet = stage.open<A | B>(source, wake)
      inputs.push(input)
      ready.push(input)
      open++
    }
    const tickets: Tickets | null = inputs.some(({ outlet }) => outlet.tickets) ? [] : null
    const scratch: (A | B)[] = []

    return {
      tickets,
      pull(into, limit) {
        let written = 0
        while (written < limit && !ready.isEmpty) {
          const share = Math.max(1, Math.floor(limit / ready.size))
          for (let turns = ready.size; turns > 0 && written < limit; turns--) {
            const input = ready.shift() as Input
            input.ready = false
            const { outlet } = input
            // The first one writes directly; the others beside it.
            const target = written === 0 ? into : scratch
            const count = outlet.pull(target, Math.min(share, limit - written))
            if (count === DONE) {
              open--
              continue
            }
            if (count === PENDING) continue
            for (let i = 0; i < count; i++) {
              if (target === scratch) {
                into[written + i] = scratch[i] as A | B
                scratch[i] = undefined as A
              }
              if (tickets) tickets[written + i] = outlet.tickets?.[i]
            }
            written += count
            stage.ready = written
            // It may have woken meanwhile, and then stands in line already.
            if (outlet.dry !== true && !(input.ready as boolean)) {
              input.ready = true
              ready.push(input)
            }
          }
        }
        if (written > 0) return written
        return open === 0 ? DONE : PENDING
      },
    }
  })
}
