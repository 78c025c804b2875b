import type { Named } from '../contract/supervision'
import { PENDING } from '../contract/answers'
import type { Source } from '../contract/source'
import { source } from '../kit/source'
import { tell } from '../kit/described'
import { declare } from '../options/declare'
import { ms } from '../options/rules'

const INTERVAL = /* @__PURE__ */ declare('interval', () => ({ args: { periodMs: ms(Number.MIN_VALUE) } }), {})

/**
 * Counts 0, 1, 2 … every `periodMs`, on the run's clock.
 *
 * - **emits** when a period has passed since the value before it was *taken*
 * - **holds back** by not starting the next period: ticks do not pile up while nobody looks
 * - **completes** never; stop or abort the run, or `take(n)`
 * - **buffers** nothing; holds one timer, and only while a value is wanted
 *
 * @param periodMs in ms, more than 0.
 * @param options `name`.
 * @throws OptionError where `periodMs` is not a finite number above 0.
 *
 * @example
 * ```ts
 * await interval(1000).pipe(take(3)).to(forEach(console.log)).run() // 0, 1, 2, a second apart
 * ```
 */
export function interval(periodMs: number, options?: Named): Source<number> {
  const given = INTERVAL.read(options, { periodMs })
  return tell(source<number>(given.name, (stage) => {
    const { clock, scheduler } = stage.scope
    let next = 0
    let due = false
    let cancel: (() => void) | undefined
    return {
      live: true,
      pull(into) {
        if (due) {
          due = false
          into[0] = next++
          return 1
        }
        cancel ??= clock.after(periodMs, () => {
          cancel = undefined
          due = true
          scheduler.dispatch(stage.wake)
        })
        return PENDING
      },
      close: () => cancel?.(),
    }
  }), INTERVAL, given)
}
