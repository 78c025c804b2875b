import type { Named } from '../contract/supervision'
import type { Source } from '../contract/source'
import { source } from '../kit/source'
import { from, type Pullable } from './from'
import { tell } from '../kit/described'
import { declare } from '../options/declare'
import { fn } from '../options/rules'

const DEFER = /* @__PURE__ */ declare('defer', () => ({ args: { make: fn } }), {})

/**
 * A source that is made anew for each run.
 *
 * @param make called when a run opens the source; answers anything {@link from} takes. What it throws fails the run.
 * @param options `name`.
 *
 * @example
 * ```ts
 * const lines = defer(() => createReadStream('log.txt', 'utf8')) // every run reads from the start
 * ```
 */
export function defer<T>(make: () => Pullable<T>, options?: Named): Source<T> {
  const given = DEFER.read(options, { make })
  return tell(source<T>(given.name, (stage) => {
    const outlet = stage.open(from(make()))
    return {
      tickets: outlet.tickets,
      pull: (into, limit) => outlet.pull(into, limit),
    }
  }), DEFER, given)
}
