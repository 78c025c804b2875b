import { from, OptionError, type Operator, type Pullable } from '@sluice/core'
import { declare, described, DONE, type Openable, operator, PENDING, type Stage } from '@sluice/core/authoring'
import type { GateLike } from './gate'

const PAUSE_WHEN = /* @__PURE__ */ declare('pauseWhen', () => ({}), {})

/** Options of {@link pauseWhen}. */
export interface PauseOptions {
  readonly name?: string | undefined
}

/** Whether to pause now; 'unsure': ask again. */
type Look = () => boolean | 'unsure'

/** How much of a signal is read at once. */
const SIGNALS = 64

/**
 * Holds everything back while a gate is closed, or the latest value of a signal is true.
 *
 * - **emits** each value as it comes, while it is not paused
 * - **holds back** while it is paused, and when downstream does; nothing is pulled then
 * - **completes** when the source completes; the end is held back too while it is paused. A signal that has completed
 *   pauses no more; a `stop` ends it, but opens no gate: give the stop a deadline
 * - **buffers** nothing; values that had passed before are not called back
 * - **on failure** of the source what came before is out already; of the signal, it fails at once
 * - **on abort** nothing is in flight; it listens to the gate no more
 *
 * ```marble
 * in:             a-b-c-d---|
 * signal:         ---t---f---
 * pauseWhen(...): a-b----cd-|
 *
 * in:             a-b-c|
 * signal:         ---X
 * pauseWhen(...): a-bX
 * ```
 *
 * @param signal a {@link Gate} (paused while closed), or anything `from` takes with booleans in it (paused while the
 * latest one is true; not before the first).
 * @param options `name`.
 * @throws OptionError where there is no signal, TypeError where it is nothing `from` takes.
 *
 * @example
 * ```ts
 * await from([1, 2]).pipe(pauseWhen([true, false])).to(toArray()).run() // [1, 2]
 * ```
 */
export function pauseWhen<A>(signal: GateLike | Pullable<boolean>, options?: PauseOptions): Operator<A, A> {
  const given = PAUSE_WHEN.read(options)
  const listen = isGate(signal) ? lookAtGate(signal) : readSignal(from(signal))
  return described(PAUSE_WHEN, given, operator<A, A>(
    given.name,
    (upstream, stage) => {
      const { look, forget } = listen(stage)
      let opened: (() => void) | undefined
      return {
        tickets: upstream.tickets,
        pull(into, limit) {
          const paused = look()
          if (paused === 'unsure') return 0
          if (paused) {
            opened ??= stage.waitFor('gate')
            return PENDING
          }
          opened?.()
          opened = undefined
          return upstream.pull(into, limit)
        },
        close() {
          opened?.()
          forget()
        },
      }
    },
    given,
  ))
}

function isGate(signal: unknown): signal is GateLike {
  return typeof signal === 'object' && signal !== null && 'onChange' in signal
}

type Listen = (stage: Stage) => { readonly look: Look; readonly forget: () => void }

function lookAtGate(gate: GateLike): Listen {
  if (typeof gate.onChange !== 'function') throw new OptionError('pauseWhen', 'signal', gate, 'a Gate, or a source of booleans')
  return (stage) => {
    const left = stage.waitFor('external')
    const unsubscribe = gate.onChange(() => { if (gate.isOpen) stage.wake() })
    const forget = (): void => {
      unsubscribe()
      left()
    }
    return { look: () => !gate.isOpen, forget }
  }
}

function readSignal(source: Openable<boolean>): Listen {
  return (stage) => {
    const signal = stage.open(source)
    const batch: boolean[] = []
    let paused = false
    let ended = false
    const look: Look = () => {
      if (ended) return false
      const count = signal.pull(batch, SIGNALS)
      for (let i = 0; i < count; i++) stage.settle(signal.tickets?.[i], 'absorbed')
      if (count > 0) paused = batch[count - 1] === true
      if (count === DONE) {
        ended = true
        paused = false
      }
      // There may be more of it, and whoever says "paused" has to be sure of a wake.
      return paused && count > 0 ? 'unsure' : paused
    }
    return { look, forget: () => {} }
  }
}
