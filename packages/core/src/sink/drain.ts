import type { Sink } from '../contract/sink'
import { sink } from '../kit/sink'

/**
 * Takes every value and keeps none; resolves when the source has ended. For pipelines whose work is in their stages.
 *
 * @example
 * ```ts
 * await from(urls).pipe(mapAsync(download, { concurrency: 4 })).to(drain()).run()
 * ```
 */
export function drain(): Sink<unknown, void> {
  return sink<unknown, void>('drain', () => ({ write() {}, end() {} }))
}
