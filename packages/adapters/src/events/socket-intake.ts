import { coded, describeValue, type Intake, type Stage } from '@sluice/core/authoring'
import { closeSocket } from './closing'
import { listenTo, type Listening } from './listening'
import { CLOSED, closeError, OPEN, socketError, WebSocketClosedError, type WebSocketLike } from './web-socket'

interface SocketSettings {
  readonly maxBufferedAmount: number
  readonly pollMs: number
  readonly preventClose: boolean
  readonly preventAbort: boolean
}

/** Somebody waits until at most `bytes` are in the socket's buffer. */
interface Wait {
  readonly bytes: number
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/**
 * The running end of `toWebSocket`.
 *
 * ```text
 *   write ─▶ not open? wait for 'open' ─▶ bufferedAmount > max? look again in pollMs ─▶ send ─▶ …
 * ```
 *
 * Invariants: at most one `#wait`, and a timer only while there is one; after `#over` nothing is sent.
 */
export class SocketIntake<T> implements Intake<T, number> {
  readonly #socket: WebSocketLike
  readonly #stage: Stage
  readonly #settings: SocketSettings
  readonly #listening: Listening
  #sent = 0
  #over = false
  #aborted = false
  /** Values come one by one: whoever waits for room is told of the end. */
  #byHand = false
  #failure: { readonly error: unknown } | undefined
  #wait: Wait | undefined
  #cancelTimer: (() => void) | undefined

  constructor(socket: WebSocketLike, stage: Stage, settings: SocketSettings) {
    this.#socket = socket
    this.#stage = stage
    this.#settings = settings
    this.#listening = listenTo(socket)
    this.#listening.on('open', () => { this.#look() })
    // A close by the other side, whatever the code: it takes nothing more.
    this.#listening.on('close', (event) => {
      const { code } = event as { readonly code?: number }
      this.#fail(closeError(this.#stage.name, event) ?? new WebSocketClosedError(this.#stage.name, code, ''))
    })
    this.#listening.on('error', (event) => { this.#fail(socketError(this.#stage.name, event)) })
  }

  write(values: readonly T[], count: number): Promise<void> | undefined {
    for (let i = 0; i < count; i++) {
      // The batch is reused as soon as this answers, so what is left of it is copied.
      if (!this.#has(this.#settings.maxBufferedAmount)) return this.#sendRest(values.slice(i, count))
      this.#send(values[i] as T)
    }
    return this.#has(this.#settings.maxBufferedAmount) ? undefined : this.#sendRest([])
  }

  /** Sends one value as soon as there is room. A throw or rejection is about the value, or {@link isOfSocket}. */
  hand(value: T): Promise<void> | undefined {
    this.#byHand = true
    const { maxBufferedAmount } = this.#settings
    if (!this.#has(maxBufferedAmount)) return this.#room(maxBufferedAmount).then(() => { this.#send(value) })
    this.#send(value)
    return undefined
  }

  /** True for what every other value would meet, too. */
  isOfSocket(error: unknown): boolean {
    return error instanceof WebSocketClosedError || (this.#failure !== undefined && error === this.#failure.error)
  }

  async end(): Promise<number> {
    // Empty is not received, but what browsers cut off when a page goes is at least out of here.
    if (!this.#has(0)) await this.#room(0)
    this.#over = true
    this.#listening.off()
    if (this.#settings.preventClose) return this.#sent
    const closed = await closeSocket(this.#socket, 1000)
    const error = closed === undefined ? undefined : closeError(this.#stage.name, closed)
    // Aborted meanwhile, it was this side that cut it off.
    if (error && !this.#aborted) throw error
    return this.#sent
  }

  async abort(reason?: unknown): Promise<void> {
    this.#over = this.#aborted = true
    this.#listening.off()
    this.#cancelTimer?.()
    // Never settled: a write that was given up is neither written nor a second failure.
    if (this.#byHand) this.#wait?.reject(reason)
    this.#wait = undefined
    if (this.#settings.preventAbort) return
    const stuck = this.#socket.bufferedAmount > 0
    const closed = closeSocket(this.#socket, 4000, 'aborted')
    // The close would have to wait until the other side has read all of it.
    if (stuck) this.#socket.terminate?.()
    await closed
  }

  #send(value: T): void {
    this.#stage.item = value
    if (!isSendable(value)) throw coded('SLUICE_VALUE', new TypeError(`${this.#stage.name}: expected text or bytes, got ${describeValue(value)}`))
    ;(this.#socket as { send(data: unknown): void }).send(value)
    this.#sent++
    this.#stage.item = undefined
  }

  async #sendRest(values: readonly T[]): Promise<void> {
    for (const value of values) {
      await this.#room(this.#settings.maxBufferedAmount)
      // Ended just now: as little is written as by a wait that was given up.
      if (this.#over) return new Promise<void>(() => {})
      this.#send(value)
    }
    await this.#room(this.#settings.maxBufferedAmount)
  }

  /** True where it is open and at most so many bytes wait. Closing, its close event will tell. Throws where it has failed. */
  #has(bytes: number): boolean {
    if (this.#failure) throw this.#failure.error
    const { readyState, bufferedAmount } = this.#socket
    // Browsers would take the value and lose it.
    if (readyState === CLOSED) throw new WebSocketClosedError(this.#stage.name, undefined, '')
    return readyState === OPEN && bufferedAmount <= bytes
  }

  #room(bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#wait = { bytes, resolve, reject }
      this.#look()
    })
  }

  #look(): void {
    const wait = this.#wait
    if (!wait) return
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    try {
      if (this.#has(wait.bytes)) {
        this.#wait = undefined
        wait.resolve()
      } else if (this.#socket.readyState === OPEN) {
        this.#cancelTimer = this.#stage.scope.clock.after(this.#settings.pollMs, () => { this.#look() })
      }
    } catch (error) {
      this.#wait = undefined
      wait.reject(error)
    }
  }

  #fail(error: unknown): void {
    if (this.#over || this.#failure) return
    this.#failure = { error }
    if (this.#wait) this.#look()
    else this.#stage.fail(error)
  }
}

/** False for what browsers would turn into a text that says nothing, and `ws` refuses in words of its own. */
function isSendable(value: unknown): boolean {
  if (typeof value === 'object') return value !== null && (ArrayBuffer.isView(value) || Object.prototype.toString.call(value).endsWith('Buffer]') || value instanceof Blob)
  return value !== undefined && typeof value !== 'function' && typeof value !== 'symbol'
}
