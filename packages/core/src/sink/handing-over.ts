import type { Sink } from '../contract/sink'
import { handOver } from '../kit/hand-over'
import { sink } from '../kit/sink'
import { decision, flagged } from '../options/rules'
import type { Named, OnError, StageOptions } from '../contract/supervision'
import type { Tickets } from '../contract/ticket'
import { calledWithin } from '../copies/context-carriers'
import { hasCode } from '../copies/brand'
import { oneByOne, unlessOf } from './one-by-one'

/** What becomes of a queue or topic when the run that fills it ends; the words are those of `pipeTo` of WHATWG streams. */
export interface HandOverOptions extends Named {
  /** Leave it open when the source ends: for several producers of one queue. Default false: it is closed. */
  readonly preventClose?: boolean | undefined
  /** Leave it as it is when the run fails or is aborted. Default false: it fails with the same error. */
  readonly preventAbort?: boolean | undefined
}

/** The same, for a sink that hands over one value at a time. */
export interface HandOverEachOptions<T> extends HandOverOptions, StageOptions<T> {
  /** What becomes of a value that is not taken; the others are handed over. What is closed fails the run. Default: a value fails it, too. */
  readonly onError?: OnError<T> | undefined
}

/** How they are declared. */
export const HAND_OVER = { preventClose: flagged, preventAbort: flagged, onError: decision }

/** A sink that hands each value to something that may have to be waited for; the result is how many it took. */
export function handingOver<T>(
  given: Required<HandOverEachOptions<T>> & { readonly name: string },
  target: { close(): void; fail(error: unknown): void },
  tryNow: (value: T) => boolean,
  wait: (value: T, signal: AbortSignal) => Promise<void>,
  detail?: () => Readonly<Record<string, number | string>> | undefined,
): Sink<T, number> {
  const { name, preventClose, preventAbort, onError = 'fail' } = given
  return sink<T, number>(name, (stage) => {
    let taken = 0
    if (detail) stage.show(detail)
    const end = (): number => {
      if (!preventClose) target.close()
      return taken
    }
    const abort = (reason: unknown): void => {
      if (preventAbort) return
      handOver(stage, reason)
      target.fail(reason)
    }
    if (onError !== 'fail') {
      const give = (value: T): Promise<void> | undefined => {
        if (!tryNow(value)) return wait(value, stage.scope.signal).then(() => { taken++ })
        taken++
        return undefined
      }
      return oneByOne<T, number>(stage, give, unlessOf((error) => hasCode(error, 'SLUICE_QUEUE_CLOSED'), onError), { end, abort })
    }
    const waitForRest = async (values: readonly T[], tickets: Tickets | undefined): Promise<void> => {
      const { signal } = stage.scope
      for (const [index, value] of values.entries()) {
        const within = tickets?.[index]?.within
        await (within === undefined ? wait(value, signal) : calledWithin(within, () => wait(value, signal)))
        taken++
      }
    }
    return {
      write(values, count, tickets) {
        for (let i = 0; i < count; i++) {
          const within = tickets?.[i]?.within
          const isTaken = within === undefined ? tryNow(values[i] as T) : calledWithin(within, () => tryNow(values[i] as T))
          if (!isTaken) return waitForRest(values.slice(i, count), tickets?.slice(i, count))
          taken++
        }
      },
      end,
      abort,
    }
  })
}
