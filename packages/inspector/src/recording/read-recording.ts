import { open, type FileHandle } from 'node:fs/promises'
import { StringDecoder } from 'node:string_decoder'
import { constants, createGunzip } from 'node:zlib'
import { coded } from '@sluice/core/authoring'
import { FRAMES_VERSION, type Frame } from '../wire/frames'

/** The most characters of one line, and bytes of one recording when it is unpacked: what is opened may be anything. */
const MOST_LINE = 2 ** 26
const MOST_TEXT = 2 ** 30

/**
 * The frames of a recording, the greeting first. One that was cut off gives what is whole of it.
 *
 * @param path of a file that `record` has written, or that the page has saved.
 * @returns when all frames were read: whether that was the whole recording. Where it was not, its program was killed, its disk was full, the file is
 *   damaged, or more than 1 GB of text.
 * @throws Error where the file cannot be read; TypeError where it is no recording, or one of another version.
 *
 * @example
 * ```ts
 * import { readRecording } from '@sluice/inspector'
 *
 * for await (const frame of readRecording('run.sluice.gz')) if (frame.t === 'event') console.log(frame.text)
 * ```
 */
export async function* readRecording(path: string): AsyncGenerator<Frame, boolean> {
  let isFirst = true
  const lines = linesOf(path)
  try {
    let next = await lines.next()
    for (; next.done !== true; next = await lines.next()) {
      const frame = frameOf(next.value)
      if (isFirst) checkHello(frame, path)
      isFirst = false
      if (frame) yield frame
    }
    if (isFirst) checkHello(undefined, path)
    return next.value
  } finally {
    await lines.return(false)
  }
}

/** Answers at the end whether that was the end of the file. */
async function* linesOf(path: string): AsyncGenerator<string, boolean> {
  await using file = await open(path)
  // A file that was cut off is read up to where it was.
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH })
  file.createReadStream({ autoClose: false }).pipe(gunzip)
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let length = 0
  try {
    for await (const bytes of gunzip as AsyncIterable<Buffer>) {
      length += bytes.length
      const chunk = decoder.write(bytes)
      const lines = (rest + chunk).split('\n')
      rest = lines.pop() ?? ''
      yield* lines
      if (rest.length > MOST_LINE || length > MOST_TEXT) return false
    }
  } catch (error) {
    // What follows the damage cannot be told from anything else; what came before is whole.
    if (!String((error as NodeJS.ErrnoException).code).startsWith('Z_')) throw error
    return false
  }
  return (await lengthIn(file)) === length
}

/** How long the text is, as the end of a gzip file says; something else where the end is missing. */
async function lengthIn(file: FileHandle): Promise<number> {
  const { size } = await file.stat()
  const { buffer } = await file.read(Buffer.alloc(4), 0, 4, Math.max(0, size - 4))
  return buffer.readUInt32LE(0)
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
