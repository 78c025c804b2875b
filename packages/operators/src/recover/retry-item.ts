import { type Named, retry, type Operator, type RetryOptions } from '@sluice/core'
import { declare, described, optionsOf } from '@sluice/core/authoring'
import { inNameOf } from './in-name-of'
import { supervised } from './supervised'

const RETRY_ITEM = /* @__PURE__ */ declare('retryItem', () => ({}), { drops: 'chosen', opens: 1 })

/**
 * Gives an item that fails inside an operator another try, after waits that grow.
 *
 * - **emits** what `operator` makes of each item, in order
 * - **holds back** when downstream does, and while an item is at work or waits for its next try
 * - **completes** when the source has completed and the last item is done
 * - **buffers** nothing beyond the item
 * - **on failure** of every try as `options.then` says, by default the run fails with the last error
 * - **on abort** the item that is at work is given up
 *
 * The same as `supervise(operator, retry(options))` with core's `retry`. Where the operator takes `onError` itself, that
 * is the shorter way and keeps its concurrency.
 *
 * ```marble
 * in    -1-2--------|
 *       retryItem(mapAsync(flaky, { concurrency: 1 }), { times: 2, delayMs: 100 })
 * out   -1-----2----|
 * ```
 *
 * @param operator what each item goes through.
 * @param options those of core's `retry`: `times` (required), `delayMs` (default 200), `factor`, `maxDelayMs`, `jitter`, `when`, `then`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * let tries = 0
 * const flaky = map((n: number) => { if (++tries < 3) throw new Error('busy'); return n * 10 })
 * await from([1]).pipe(retryItem(flaky, { times: 5, delayMs: 0 })).to(toArray()).run() // [10]
 * ```
 */
export function retryItem<A, B>(operator: Operator<A, B>, options: RetryOptions<A> & Named): Operator<A, B> {
  const { name, ...rules } = optionsOf<RetryOptions<A> & Named>('retryItem', options)
  const given = RETRY_ITEM.read({ name })
  const decide = inNameOf('retryItem', () => retry<A>(rules as RetryOptions<A>))
  return described(RETRY_ITEM, given, supervised('retryItem', given.name, operator, decide))
}
