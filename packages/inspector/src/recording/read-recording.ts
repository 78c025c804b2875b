import { open } from 'node:fs/promises'
import { constants, createGunzip } from 'node:zlib'
import { coded } from '@sluice/core/authoring'
import { FRAMES_VERSION, type Frame } from '../wire/frames'

/** The most characters of one line, and of one recording when it is unpacked: what is opened may be anything. */
const MOST_LINE = 2 ** 26
const MOST_TEXT = 2 ** 30

/**
 * The frames of a recording, the greeting first. One that was cut off gives what is whole of it.
 *
 * @param path of a file that `record` has written, or that the page has saved.
 * @throws Error where the file cannot be read; TypeError where it is no recording, or one of another version.
 *
 * @example
 * ```ts
 * import { readRecording } from '@sluice/inspector'
 *
 * for await (const frame of readRecording('run.sluice.gz')) if (frame.t === 'event') console.log(frame.text)
 * ```
 */
export async function* readRecording(path: string): AsyncGenerator<Frame> {
  let isFirst = true
  for await (const line of linesOf(path)) {
    const frame = frameOf(line)
    if (isFirst) checkHello(frame, path)
    isFirst = false
    if (frame) yield frame
  }
  if (isFirst) checkHello(undefined, path)
}

async function* linesOf(path: string): AsyncGenerator<string> {
  await using file = await open(path)
  // A file that was cut off is read up to where it was.
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH })
  file.createReadStream({ autoClose: false }).pipe(gunzip)
  let rest = ''
  let length = 0
  try {
    for await (const chunk of gunzip.setEncoding('utf8') as AsyncIterable<string>) {
      length += chunk.length
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
      if (rest.length > MOST_LINE || length > MOST_TEXT) return
    }
  } catch (error) {
    // What follows the damage cannot be told from anything else; what came before is whole.
    if (!String((error as NodeJS.ErrnoException).code).startsWith('Z_')) throw error
  }
}

/** Undefined where the line is none, as the last one of a recording that was cut off. */
function frameOf(line: string): Frame | undefined {
  try {
    const frame = JSON.parse(line) as Frame | null
    return typeof frame === 'object' && frame !== null && typeof frame.t === 'string' ? frame : undefined
  } catch {
    return undefined
  }
}

function checkHello(frame: Frame | undefined, path: string): void {
  if (frame?.t === 'hello' && frame.v === FRAMES_VERSION) return
  const why = frame?.t === 'hello' ? `is a recording of version ${frame.v}, and this is version ${FRAMES_VERSION}` : 'is no recording'
  throw coded('SLUICE_ARGUMENT', new TypeError(`${path} ${why}`))
}
