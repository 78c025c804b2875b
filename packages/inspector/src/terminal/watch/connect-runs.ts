import { request, type IncomingMessage } from 'node:http'
import { createInterface } from 'node:readline'
import { once } from 'node:events'
import { coded } from '@sluice/core/authoring'
import type { Frame } from '../../wire/frames'
import { hasEnded } from '../view/totals'
import { FrameRuns } from './frame-runs'

/** Runs that are shown whole at once: each takes a stream of the process, and it has eight of them. */
const MOST_RUNS = 4

/**
 * Watches the runs of an inspected process from another one.
 *
 * @param url of its live page, with the token behind the `#`.
 * @throws Error where the process cannot be reached, or refuses.
 *
 * @example
 * ```ts
 * import { connectRuns, inspectedProcesses, showRuns } from '@sluice/inspector'
 *
 * const [found] = inspectedProcesses()
 * if (found) showRuns(await connectRuns(found.url))
 * ```
 */
export async function connectRuns(url: string): Promise<FrameRuns> {
  const runs = new FrameRuns()
  const shown = new Map<number, () => void>()
  const follow = (frame: Frame): void => {
    runs.take(frame)
    if (frame.t !== 'runs') return
    for (const { id, status } of frame.runs) {
      if (shown.has(id) || shown.size >= MOST_RUNS || hasEnded({ status })) continue
      shown.set(id, () => {})
      // A stream that is refused leaves the run out: the others are shown.
      listen(url, `/stream?run=${id}`, (each) => { if (each.t !== 'runs') runs.take(each) }, () => { shown.delete(id) }).then((end) => { shown.set(id, end) }, () => { shown.delete(id) })
    }
  }
  const end = await listen(url, '/stream', follow, () => { runs.end('The process has ended.') })
  runs.onClose = () => {
    end()
    for (const each of shown.values()) each()
  }
  return runs
}

/** Reads a stream of frames. Answers how to end it. */
async function listen(address: string, path: string, take: (frame: Frame) => void, ended: () => void): Promise<() => void> {
  const url = new URL(address)
  const asked = request(new URL(path, url), { headers: { authorization: `Bearer ${url.hash.slice(1)}` } })
  asked.end()
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  if (response.statusCode !== 200) {
    response.destroy()
    throw coded('SLUICE_WATCH', new Error(`The process refuses to be watched (${response.statusCode ?? 0})`))
  }
  const lines = createInterface({ input: response, crlfDelay: Infinity })
  lines.on('line', (line) => {
    try {
      take(JSON.parse(line) as Frame)
    } catch {
      asked.destroy()
    }
  })
  // A process that is killed breaks its streams off, and the lines tell that as well.
  for (const each of [response, lines]) each.on('error', () => {})
  asked.on('error', () => {})
  response.on('close', ended)
  return () => { asked.destroy() }
}
