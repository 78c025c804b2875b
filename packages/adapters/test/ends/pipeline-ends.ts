import type { Outcome, Run, Sink, Source } from '@sluice/core'
import { LawViolation, manualSink, manualSource, settle } from '@sluice/testing'
import type { InEnd, OutEnd } from './bridge'

/** The beginning of a pipeline. */
export function sourceEnd(): InEnd & { readonly source: Source<unknown> } {
  const probe = manualSource<unknown>()
  return {
    source: probe.source,
    put: (value) => { probe.emit(value) },
    end: () => { probe.end() },
    fail: (error) => { probe.fail(error) },
    accepted: () => probe.delivered,
    told: () => probe.closed && reasonOf(probe.closed),
    held: () => probe.openCount - probe.closeCount,
  }
}

/**
 * The end of a pipeline, which `run` makes of a sink, and runs. Only what was asked for is taken.
 *
 * @param ahead values that it asks for before anybody takes: where only a pull begins it.
 */
export function sinkEnd(run: (sink: Sink<unknown, void>) => Run<unknown>, ahead = 0): OutEnd {
  const probe = manualSink<unknown>()
  const running = run(probe.sink)
  // Its failure is told by `take`.
  running.then(() => {}, () => {})
  probe.request(ahead)
  let asked = 0
  let seen = 0
  return {
    givesReasons: true,
    async take() {
      const mine = asked++
      probe.request(1)
      await until(() => seen === mine && (probe.values.length > mine || probe.ended || probe.aborted !== undefined))
      seen++
      if (probe.values.length > mine) return { done: false, value: probe.values[mine] }
      if (probe.aborted) throw probe.aborted.reason
      return { done: true }
    },
    leave: (reason) => running.abort(reason),
    held: () => (running.status === 'running' ? 1 : 0),
  }
}

/** Waits for some turns of the event loop. */
export async function until(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns++) {
    if (turns === 1000) throw new LawViolation('waited for something that did not happen')
    await settle(1)
  }
}

function reasonOf(outcome: Outcome): { readonly reason?: unknown } {
  if (outcome.status === 'completed') return {}
  return { reason: outcome.status === 'failed' ? outcome.error : outcome.reason }
}
