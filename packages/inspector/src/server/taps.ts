import type { ServerResponse } from 'node:http'
import { OptionError, tapStage } from '@sluice/core'
import { messageOf } from '@sluice/core/authoring'
import { shown, type Redact } from '../values/shown'
import type { RunList } from '../watch/run-list'
import type { TapFrame } from '../wire/frames'
import { SAFE_HEADERS, type Refusal } from './guard'
import { CUT_AFTER_MS } from './viewer'

/** Stages that may be tapped at once, by all viewers. */
const MOST_TAPS = 8
/** Values that are turned into text a second, and lines that are sent; a line tells at most so many values and characters. */
const PER_SECOND = 20
const LINE_MS = 250
const MOST_VALUES = 20
const MOST_CHARACTERS = 16_384

/**
 * Values that stages hand on, as text, for viewers who ask: a stage is tapped while a viewer's request is open, and no longer. A viewer that does
 * not take a line gets none until it does, and nothing is kept for it; one that has taken nothing for too long is cut off, and gives its place back.
 */
export class Taps {
  readonly #runs: RunList
  readonly #redact: Redact | undefined
  readonly #now: () => number
  #open = 0

  constructor(runs: RunList, redact: Redact | undefined, now: () => number = () => performance.now()) {
    this.#runs = runs
    this.#redact = redact
    this.#now = now
  }

  /** Taps a stage until the response is closed; answers why it does not. */
  follow(run: number, stage: string, response: ServerResponse): Refusal | undefined {
    const observed = this.#runs.find(run)
    if (observed === undefined) return { status: 404, says: 'there is no such run any more' }
    if (this.#open >= MOST_TAPS) return { status: 503, says: `${MOST_TAPS} stages are looked into already: close one` }
    const lines = new TapLines(response, run, stage, this.#now)
    let end: () => void
    try {
      end = tapStage(observed.run, stage, (value, unseen) => { lines.add(shown(value, this.#redact), unseen) }, { perSecond: PER_SECOND })
    } catch (error) {
      // Inner stages come and go, and are shown as one for each kind.
      return error instanceof OptionError ? { status: 404, says: `'${stage}' cannot be looked into: it is no stage of its own` } : { status: 422, says: messageOf(error) }
    }
    this.#open++
    response.writeHead(200, { ...SAFE_HEADERS, 'content-type': 'application/x-ndjson; charset=utf-8' })
    response.flushHeaders()
    const timer = setInterval(() => { lines.send() }, LINE_MS).unref()
    response.on('close', () => {
      clearInterval(timer)
      end()
      this.#open--
    })
    return undefined
  }
}

/** What has passed since the last line. */
class TapLines {
  readonly #response: ServerResponse
  readonly #run: number
  readonly #stage: string
  readonly #now: () => number
  #values: string[] = []
  #unseen = 0
  #blockedSince: number | undefined

  constructor(response: ServerResponse, run: number, stage: string, now: () => number) {
    this.#now = now
    this.#response = response
    this.#run = run
    this.#stage = stage
  }

  add(value: string, unseen: number): void {
    this.#values.push(value)
    this.#unseen += unseen
    while (this.#values.length > MOST_VALUES || (this.#values.length > 1 && this.#values.join('').length > MOST_CHARACTERS)) {
      this.#values.shift()
      this.#unseen++
    }
  }

  send(): void {
    if (this.#response.writableNeedDrain) {
      this.#blockedSince ??= this.#now()
      if (this.#now() - this.#blockedSince > CUT_AFTER_MS) this.#response.destroy()
      return
    }
    this.#blockedSince = undefined
    if (this.#values.length === 0) return
    const frame: TapFrame = { t: 'tap', at: Date.now(), run: this.#run, stage: this.#stage, values: this.#values, unseen: this.#unseen }
    this.#values = []
    this.#unseen = 0
    this.#response.write(`${JSON.stringify(frame)}\n`)
  }
}
