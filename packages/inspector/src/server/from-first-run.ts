import { basename } from 'node:path'
import type { Run } from '@sluice/core'
import { messageOf } from '@sluice/core/authoring'
import { announce } from '../discovery'
import { RunList } from '../watch/run-list'
import { writeTo } from '../write-to'
import { serve } from './inspect'
import { checkInspectOptions, type InspectOptions } from './inspect-options'

/**
 * Serves the page from the first run of a program on, prints its address to stderr, and leaves a note for the command line tools. Fails no
 * program: where the page cannot be served, a line says why.
 */
export function inspectFromHere(first: Run<unknown>, options: InspectOptions): void {
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
