import type { Sink } from '../contract/sink'
import { sink } from '../kit/sink'
import { flagged } from '../options/rules'
import type { Named } from '../contract/supervision'

/** What becomes of a queue or topic when the run that fills it ends; the words are those of `pipeTo` of WHATWG streams. */
export interface HandOverOptions extends Named {
  /** Leave it open when the source ends: for several producers of one queue. Default false: it is closed. */
  readonly preventClose?: boolean | undefined
  /** Leave it as it is when the run fails or is aborted. Default false: it fails with the same error. */
  readonly preventAbort?: boolean | undefined
}

/** How they are declared. */
export const HAND_OVER = { preventClose: flagged, preventAbort: flagged }

/** A sink that hands each value to something that may have to be waited for; the result is how many it took. */
export function handingOver<T>(
  given: Required<HandOverOptions> & { readonly name: string },
  target: { close(): void; fail(error: unknown): void },
  tryNow: (value: T) => boolean,
  wait: (value: T, signal: AbortSignal) => Promise<void>,
): Sink<T, number> {
  const { name, preventClose, preventAbort } = given
  return sink<T, number>(name, (stage) => {
    let taken = 0
    const waitForRest = async (values: readonly T[]): Promise<void> => {
      const { signal } = stage.scope
      for (const value of values) {
        await wait(value, signal)
        taken++
      }
    }
    return {
      write(values, count) {
        for (let i = 0; i < count; i++) {
          if (!tryNow(values[i] as T)) return waitForRest(values.slice(i, count))
          taken++
        }
      },
      end() {
        if (!preventClose) target.close()
        return taken
      },
      abort(reason) {
        if (!preventAbort) target.fail(reason)
      },
    }
  })
}
