import type { Control, Frame, Series, TapFrame } from '../src/wire/frames'

/** Waits between tries to come back, in ms. */
const FIRST_WAIT = 500
const LONGEST_WAIT = 8000
const KEY = 'sluice-token'

export type Link = 'connecting' | 'live' | 'hidden' | 'lost' | 'refused'

/** The way to the program: one stream, in which every line is a frame. A hidden page closes it; a lost one comes back by itself. */
export class Connection {
  readonly #onFrame: (frame: Frame) => void
  readonly #onLink: (link: Link, says: string) => void
  #token: string
  #run: number | undefined
  #abort: AbortController | undefined
  #wait = FIRST_WAIT
  #timer: ReturnType<typeof setTimeout> | undefined
  #isClosed = false

  constructor(onFrame: (frame: Frame) => void, onLink: (link: Link, says: string) => void) {
    this.#onFrame = onFrame
    this.#onLink = onLink
    this.#token = takeToken()
    document.addEventListener('visibilitychange', () => {
      if (this.#isClosed) return
      if (document.hidden) {
        this.#stop()
        onLink('hidden', 'this tab is hidden')
      } else this.#start()
    })
    // Another address was pasted over this one: its token is new.
    window.addEventListener('hashchange', () => {
      this.#token = takeToken()
      this.show(this.#run)
    })
  }

  /** Shows another run; undefined for the overview. */
  show(run: number | undefined): void {
    this.#run = run
    this.#wait = FIRST_WAIT
    if (!document.hidden && !this.#isClosed) this.#start()
  }

  /** For good: what is shown is a recording. */
  close(): void {
    this.#isClosed = true
    this.#stop()
  }

  async control(control: Control): Promise<string> {
    const response = await fetch('/control', { method: 'POST', headers: { ...this.#headers, 'content-type': 'application/json' }, body: JSON.stringify(control) })
    return ((await response.json()) as { says: string }).says
  }

  async history(run: number, stage: string): Promise<Series> {
    const response = await fetch(`/history?run=${run}&stage=${encodeURIComponent(stage)}`, { headers: this.#headers })
    return response.ok ? ((await response.json()) as Series) : { at: [] }
  }

  /** Follows the values that a stage hands on, until `signal` aborts or the stage cannot be looked into: then it says why. */
  async tap(run: number, stage: string, onFrame: (frame: TapFrame) => void, signal: AbortSignal): Promise<string> {
    const response = await fetch(`/tap?run=${run}&stage=${encodeURIComponent(stage)}`, { headers: this.#headers, signal })
    if (!response.ok || response.body === null) return ((await response.json()) as { says: string }).says
    await readLines(response.body, (line) => { onFrame(JSON.parse(line) as TapFrame) })
    return 'the program has closed the stream'
  }

  get #headers(): Record<string, string> {
    return { authorization: `Bearer ${this.#token}` }
  }

  #start(): void {
    this.#stop()
    const abort = (this.#abort = new AbortController())
    this.#follow(abort.signal).catch((error: unknown) => {
      if (abort.signal.aborted) return
      this.#onLink('lost', error instanceof Error ? error.message : String(error))
      this.#timer = setTimeout(() => { this.#start() }, this.#wait)
      this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT)
    })
  }

  #stop(): void {
    clearTimeout(this.#timer)
    this.#abort?.abort()
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const response = await fetch(this.#run === undefined ? '/stream' : `/stream?run=${this.#run}`, { headers: this.#headers, signal })
    if (response.status === 401) {
      // Asking again with a token that is wrong would shut the door for the right one, too.
      this.#onLink('refused', 'the program has another token now: open the address that it has printed')
      return
    }
    if (!response.ok || response.body === null) throw new Error(((await response.json()) as { says?: string }).says ?? `status ${response.status}`)
    this.#wait = FIRST_WAIT
    this.#onLink('live', '')
    await readLines(response.body, (line) => { this.#onFrame(JSON.parse(line) as Frame) })
    throw new Error('the program has closed the stream')
  }
}

/** Calls back for each line of a stream of bytes. */
export async function readLines(body: ReadableStream<Uint8Array>, onLine: (line: string) => void): Promise<void> {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let rest = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    const lines = (rest + decoder.decode(value, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) if (line !== '') onLine(line)
  }
}

/** From the address, which then forgets it: nobody copies it by mistake. A reload finds it in the storage of the tab. */
function takeToken(): string {
  const given = location.hash.slice(1)
  if (given !== '') {
    sessionStorage.setItem(KEY, given)
    history.replaceState(null, '', location.pathname)
  }
  return sessionStorage.getItem(KEY) ?? ''
}
