import type { Named } from '../contract/supervision'
import type { Sink } from '../contract/sink'
import { sink } from '../kit/sink'
import { tell } from '../kit/described'
import { declare } from '../options/declare'

const DRAIN = /* @__PURE__ */ declare('drain', () => ({}), {})

/**
 * Takes every value and keeps none; resolves when the source has ended. For pipelines whose work is in their stages.
 *
 * @param options `name`.
 *
 * @example
 * ```ts
 * await from(urls).pipe(mapAsync(download, { concurrency: 4 })).to(drain()).run()
 * ```
 */
export function drain(options?: Named): Sink<unknown, void> {
  const given = DRAIN.read(options)
  return tell(sink<unknown, void>(given.name, () => ({ write() {}, end() {} })), DRAIN, given)
}
