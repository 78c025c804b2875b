import { basename } from 'node:path'
import type { Run } from '@sluice/core'
import { messageOf, watchRuns } from '@sluice/core/authoring'
import { announce } from '../discovery'
import { Recorder } from '../recording/recorder'
import { RunList } from '../watch/run-list'
import { writeTo } from '../write-to'
import { Hub } from './hub'
import { serve } from './inspect'
import { checkInspectOptions, type InspectOptions } from './inspect-options'
import type { Settings } from './settings'

/**
 * Does from the first run of a program on what `SLUICE_INSPECT` says: serves the page, or only records. Fails no program.
 */
export function beginWith(first: Run<unknown>, { page = true, ...options }: Settings): void {
  if (page) inspectFromHere(first, options)
  else recordFromHere(first, options)
}

/** Nothing is opened: what a page asks for in production is not asked for. */
function recordFromHere(first: Run<unknown>, options: InspectOptions): void {
  try {
    const { record, ...given } = checkInspectOptions({ ...options, allowProduction: true })
    if (record === undefined) return
    const runs = new RunList(given.redact)
    const hub = new Hub(runs, given)
    new Recorder(record, hub)
    runs.add(first)
    watchRuns((run) => { runs.add(run) })
    hub.start()
  } catch (error) {
    writeTo(process.stderr, `sluice: nothing is recorded: ${messageOf(error)}\n`)
  }
}

/**
 * Serves the page from the first run of a program on, prints its address to stderr, and leaves a note for the command line tools. Fails no
 * program: where the page cannot be served, a line says why.
 */
function inspectFromHere(first: Run<unknown>, options: InspectOptions): void {
  try {
    const given = checkInspectOptions(options)
    const runs = new RunList(given.redact)
    runs.add(first)
    serve(runs, given, (run) => { runs.add(run) }).then(({ url }) => {
      writeTo(process.stderr, `sluice: see the runs of this process at ${url}\n`)
      announce({ pid: process.pid, url, title: basename(process.argv[1] ?? 'node'), startedAt: Date.now() })
    }, say)
  } catch (error) {
    say(error)
  }
}

function say(error: unknown): void {
  writeTo(process.stderr, `sluice: the page is not served: ${messageOf(error)}\n`)
}
