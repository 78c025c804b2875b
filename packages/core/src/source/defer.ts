import type { Source } from '../contract/source'
import { source } from '../kit/source'
import { callable } from '../options'
import { from, type Pullable } from './from'

/**
 * A source that is made anew for each run.
 *
 * @param make called when a run opens the source; answers anything {@link from} takes. What it throws fails the run.
 *
 * @example
 * ```ts
 * const lines = defer(() => createReadStream('log.txt', 'utf8')) // every run reads from the start
 * ```
 */
export function defer<T>(make: () => Pullable<T>): Source<T> {
  callable('defer', 'make', make)
  return source<T>('defer', (stage) => {
    const outlet = stage.open(from(make()))
    return {
      tickets: outlet.tickets,
      pull: (into, limit) => outlet.pull(into, limit),
    }
  })
}
