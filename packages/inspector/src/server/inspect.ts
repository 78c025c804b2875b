import type { Run } from '@sluice/core'
import { watchRuns } from '@sluice/core/authoring'
import { Recorder } from '../recording/recorder'
import { RunList } from '../watch/run-list'
import { Controls } from './controls'
import { Hub } from './hub'
import { checkInspectOptions, type CheckedInspectOptions, type InspectOptions } from './inspect-options'
import { InspectorServer } from './inspector-server'
import { Secret } from './secret'
import { stayOpen } from './stay-open'
import { Taps } from './taps'

/** A live page that is served. */
export interface Inspector extends AsyncDisposable {
  /** To be opened in a browser. The token stands behind the `#`, which browsers send to nobody. */
  readonly url: string
  readonly token: string
  readonly port: number
  /** Ends the page and the recording. The runs go on. */
  close(): Promise<void>
}

/**
 * Serves the live page: the graph of a run with its queues, what each stage does with its time, and what holds the run back.
 *
 * The page is served on this machine only, to whoever has the token. Nothing is opened in production without `allowProduction`. Watching
 * costs a look at each run once a second, and ten looks a second at a run that somebody shows.
 *
 * @param run the run to watch. Without one, every run of the process that begins from now on.
 * @param options `port` (default: a free one), `host` (default `'127.0.0.1'`), `controls` (default true), `taps` (default true), `redact`, `record`, `limits`,
 *   `token`, `allowProduction`, `keepAlive`, `stay`.
 * @throws OptionError where an option is not allowed, and in production; Error where the port is taken, or `record` cannot be written.
 *
 * @example
 * ```ts
 * import { from, map, drain } from 'sluice'
 * import { inspect } from '@sluice/inspector'
 *
 * const { url, close } = await inspect()
 * console.log(`See ${url}`)
 * await from([1, 2, 3]).pipe(map((n) => n * 2)).to(drain()).run({ name: 'numbers' })
 * await close()
 * ```
 */
export async function inspect(run: Run<unknown> | undefined, options?: InspectOptions): Promise<Inspector>
export async function inspect(options?: InspectOptions): Promise<Inspector>
export async function inspect(first?: Run<unknown> | InspectOptions, second?: InspectOptions): Promise<Inspector> {
  const run = isRun(first) ? first : undefined
  const given = checkInspectOptions(run || second ? second : (first as InspectOptions | undefined))
  const runs = new RunList(given.redact)
  if (run) runs.add(run)
  return serve(runs, given, run ? undefined : (begun) => { runs.add(begun) })
}

/** Serves what is in `runs`. `watcher` is told of every run that begins, from now to the end. */
export async function serve(runs: RunList, given: CheckedInspectOptions, watcher?: (run: Run<unknown>) => void): Promise<Inspector> {
  const hub = new Hub(runs, given)
  // From now on, and not from when the server listens: the program goes on meanwhile.
  const unwatch = watcher ? watchRuns(watcher) : undefined
  const secret = new Secret(given.token)
  const controls = given.controls ? new Controls(runs, hub, given.limits) : undefined
  const server = new InspectorServer({ secret, hub, runs, controls, taps: given.taps ? new Taps(runs, given.redact) : undefined })
  let recorder: Recorder | undefined
  const close = async (): Promise<void> => {
    unwatch?.()
    hub.stop()
    recorder?.close()
    await server.close()
  }
  try {
    recorder = given.record === undefined ? undefined : new Recorder(given.record, hub)
    await server.listen(given.host, given.port, given.keepAlive)
  } catch (error) {
    await close()
    throw error
  }
  hub.start()
  let closing: Promise<void> | undefined
  let leave: (() => void) | undefined
  const closeOnce = (): Promise<void> => {
    leave?.()
    return (closing ??= close())
  }
  const url = `${server.url}#${secret.token}`
  if (given.stay) leave = stayOpen(url, server, closeOnce)
  return { url, token: secret.token, port: server.port, close: closeOnce, [Symbol.asyncDispose]: closeOnce }
}

function isRun(value: unknown): value is Run<unknown> {
  return typeof value === 'object' && value !== null && typeof (value as Partial<Run<unknown>>).stats === 'function'
}
