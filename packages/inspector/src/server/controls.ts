import { setConcurrency, setRate, type LimitLike } from '@sluice/core'
import { messageOf } from '@sluice/core/authoring'
import type { ObservedRun } from '../watch/observed-run'
import type { RunList } from '../watch/run-list'
import type { Control } from '../wire/frames'
import type { Hub } from './hub'

/** Controls that are carried out within a second. */
const MOST_A_SECOND = 10

/** What became of a control: an HTTP status, and a sentence. */
export interface Controlled {
  readonly status: number
  readonly says: string
}

/** Carries out what the page asks for. Each control stands in the timeline of whoever looks. */
export class Controls {
  readonly #runs: RunList
  readonly #hub: Hub
  readonly #limits: readonly LimitLike[]
  #second = 0
  #count = 0

  constructor(runs: RunList, hub: Hub, limits: readonly LimitLike[]) {
    this.#runs = runs
    this.#hub = hub
    this.#limits = limits
  }

  carryOut(control: Control): Controlled {
    const second = Math.floor(performance.now() / 1000)
    if (second !== this.#second) this.#count = 0
    this.#second = second
    if (++this.#count > MOST_A_SECOND) return { status: 429, says: `more than ${MOST_A_SECOND} controls a second` }
    try {
      return control.action === 'limit' ? this.#adjust(control) : this.#steer(control)
    } catch (error) {
      // What an option refuses is told in its own words.
      return { status: 422, says: messageOf(error) }
    }
  }

  #steer(control: Exclude<Control, { action: 'limit' }>): Controlled {
    const observed = this.#runs.find(control.run)
    if (observed === undefined) return { status: 404, says: 'there is no such run any more' }
    if (observed.hasEnded) return { status: 409, says: 'the run has ended' }
    if (control.action === 'concurrency' || control.action === 'rate') return this.#change(observed, control)
    const { run } = observed
    const { action } = control
    if (action === 'pause') run.pause()
    else if (action === 'resume') run.resume()
    else if (action === 'stop') void run.stop()
    else void run.abort()
    return this.#done(observed.id, `${SAID[action]} ${observed.run.name}`)
  }

  /** What a stage does not allow is told in the words of core. */
  #change({ id, run }: ObservedRun, { action, stage, value }: Extract<Control, { action: 'concurrency' | 'rate' }>): Controlled {
    const before = run.stats().stages.find((each) => each.id === stage)?.adjustable
    if (action === 'concurrency') {
      if (!setConcurrency(run, stage, value)) return STAGE_ENDED
      return this.#done(id, `${run.name}: concurrency of ${stage} ${before?.concurrency ?? ''} → ${value}`)
    }
    if (!setRate(run, stage, value)) return STAGE_ENDED
    return this.#done(id, `${run.name}: rate of ${stage} ${before?.rate ? perSecondOf(before.rate) : ''}/s → ${value}/s`)
  }

  #adjust({ limit: name, concurrency, perSecond }: Extract<Control, { action: 'limit' }>): Controlled {
    const limit = this.#limits.find((each) => each.name === name)
    if (limit === undefined) return { status: 404, says: 'there is no such limit' }
    const { concurrency: before, rate } = limit
    if (concurrency !== undefined && before === Infinity) return { status: 422, says: `${name} has no concurrency to adjust` }
    if (perSecond !== undefined && rate === undefined) return { status: 422, says: `${name} has no rate to adjust` }
    const said: string[] = []
    if (concurrency !== undefined) {
      said.push(`concurrency ${before} → ${concurrency}`)
      limit.concurrency = concurrency
    }
    if (perSecond !== undefined && rate !== undefined) {
      said.push(`rate ${perSecondOf(rate)}/s → ${perSecond}/s`)
      try {
        limit.setRate({ count: perSecond, perMs: 1000 })
      } catch (error) {
        // Both, or none of them.
        if (concurrency !== undefined) limit.concurrency = before
        throw error
      }
    }
    return this.#done(null, `limit ${name}: ${said.join(', ')}`)
  }

  #done(run: number | null, text: string): Controlled {
    this.#hub.tell({ run, kind: 'control', text })
    return { status: 200, says: text }
  }
}

const STAGE_ENDED: Controlled = { status: 409, says: 'the stage has ended' }

function perSecondOf({ count, perMs }: { readonly count: number; readonly perMs: number }): number {
  return (1000 * count) / perMs
}

const SAID = { pause: 'paused', resume: 'resumed', stop: 'told to stop:', abort: 'aborted' } as const
