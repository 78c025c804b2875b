import { FRAMES_VERSION, type Frame } from '../src/wire/frames'
import { readLines } from './connection'

/** What is kept for saving, and what is read of a file that was dropped here: it may be anything. */
const MOST_FRAMES = 60_000
const MOST_LINE = 2 ** 26

/** The frames that have come, to be saved as a file. */
export class Tape {
  readonly #frames: Frame[] = []

  keep(frame: Frame): void {
    // Without its beginning a list of changes means nothing: a recording therefore begins with a whole frame.
    if (this.#frames.length >= MOST_FRAMES) this.#frames.splice(0, MOST_FRAMES / 2)
    this.#frames.push(frame)
  }

  /** Saves what has come as `<title>-<time>.sluice.gz`. */
  async save(title: string): Promise<void> {
    const hello = this.#frames.findLast(({ t }) => t === 'hello')
    const lines = [...(hello ? [hello] : []), ...this.#frames.filter(({ t }) => t !== 'hello')].map((frame) => `${JSON.stringify(frame)}\n`)
    const packed = new Blob(lines).stream().pipeThrough(new CompressionStream('gzip'))
    const link = document.createElement('a')
    link.href = URL.createObjectURL(await new Response(packed).blob())
    link.download = `${title.replaceAll(/[^\w.-]/g, '_')}-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.sluice.gz`
    link.click()
    setTimeout(() => { URL.revokeObjectURL(link.href) }, 10_000)
  }
}

/** The frames of a recording; one that was cut off gives what is whole of it. Rejects where it is none, or of another version. */
export async function readTape(file: Blob): Promise<Frame[]> {
  const frames: Frame[] = []
  try {
    await readLines(file.stream().pipeThrough(new DecompressionStream('gzip')), (line) => {
      if (line.length > MOST_LINE || frames.length > 2 * MOST_FRAMES) throw new Error('the recording is too long')
      const frame: unknown = JSON.parse(line)
      if (isFrame(frame)) frames.push(frame)
    })
  } catch (error) {
    // It ends in the middle, or is none at all: that is seen by its first line.
    if (frames.length === 0) throw new Error('this is no recording', { cause: error })
  }
  const [first] = frames
  if (first?.t !== 'hello') throw new Error('this is no recording')
  if (first.v !== FRAMES_VERSION) throw new Error(`this recording has version ${first.v}, and this page reads version ${FRAMES_VERSION}`)
  return frames
}

function isFrame(value: unknown): value is Frame {
  return typeof value === 'object' && value !== null && typeof (value as { t?: unknown }).t === 'string'
}
