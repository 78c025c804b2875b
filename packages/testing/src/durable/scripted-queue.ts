import { TimeoutError, type Clock } from '@sluice/core'
import type { Capabilities, DurableQueue, DurableStats, Lease, LeaseVerdict, PutItem, PutResult, Settlement } from '@sluice/core/durable'

/** Options of {@link ScriptedQueue}. */
export interface ScriptedQueueOptions {
  /** Items that are not dealt with, at most. Default Infinity. */
  readonly capacity?: number | undefined
  /** Default 30,000. */
  readonly leaseMs?: number | undefined
  /** What it says it can do, and does. Default: everything a queue in a database can. */
  readonly capabilities?: Partial<Capabilities> | undefined
  readonly name?: string | undefined
}

/** A dead letter of a {@link ScriptedQueue}. */
export interface ScriptedDead {
  readonly id: string
  readonly body: Uint8Array
  readonly reason: string
}

interface Item {
  readonly id: string
  readonly body: Uint8Array
  readonly priority: number
  readonly key: string | undefined
  readonly headers: Readonly<Record<string, string>>
  order: number
  due: number
  attempts: number
  token: string | undefined
  until: number
}

const ALL: Capabilities = {
  survives: 'process', bound: 'exact', slack: 0, order: 'strict', acks: 'each', acksConfirmed: true, lease: 'delivery', extend: true, attempts: 'failures',
  delay: 'native', priority: true, fencing: true, dedupMs: 60_000, dead: 'atomic', maxBytes: 1_000_000,
}

/**
 * A durable queue in memory, on a clock of the test's, whose answers can be scripted: what the laws of joints are tried with before any real queue is.
 *
 * It outlives runs as a queue on disk does; `crash()` ends what is out as the death of a process would.
 *
 * @example
 * ```ts
 * import { from, toArray } from 'sluice'
 * import { durable } from '@sluice/core/durable'
 * import { ScriptedQueue, VirtualClock } from '@sluice/testing'
 *
 * const clock = new VirtualClock()
 * const run = from([1, 2, 3]).pipe(durable(new ScriptedQueue(clock), { name: 'numbers' })).to(toArray()).run({ clock })
 * await clock.advance(2000)
 * await run // [1, 2, 3]
 * ```
 */
export class ScriptedQueue implements DurableQueue {
  readonly name: string
  readonly known: Partial<Capabilities>
  readonly dead: ScriptedDead[] = []
  /** What was asked of it, in order: `put 3`, `take 64`, `ack 2`. */
  readonly asked: string[] = []
  /** How many runs have it open. */
  opened = 0
  /** Called before each verb; what it throws, or rejects with, is what the verb does. */
  onVerb: (verb: 'open' | 'put' | 'take' | 'settle' | 'stats' | 'seal' | 'close') => unknown = () => undefined
  /** Answers in place of what a put would come to, for the items of a call; undefined: as it comes. */
  onPut: (item: PutItem) => PutResult | undefined = () => undefined
  /** The answer of a put is lost though the item is stored, so many times. */
  lostAnswers = 0
  readonly #clock: Clock
  readonly #capacity: number
  readonly #leaseMs: number
  readonly #can: Capabilities
  readonly #items = new Map<string, Item>()
  readonly #keys = new Map<string, { readonly id: string; readonly until: number }>()
  readonly #waiting = new Set<() => void>()
  #sealed = false
  #count = 0
  #order = 0

  constructor(clock: Clock, { capacity = Infinity, leaseMs = 30_000, capabilities, name = 'scripted' }: ScriptedQueueOptions = {}) {
    this.#clock = clock
    this.#capacity = capacity
    this.#leaseMs = leaseMs
    this.#can = { ...ALL, ...capabilities }
    this.known = this.#can
    this.name = name
  }

  async open(): Promise<Capabilities> {
    await this.onVerb('open')
    this.opened++
    return this.#can
  }

  async close(): Promise<void> {
    await this.onVerb('close')
    this.opened--
  }

  async put(items: readonly PutItem[]): Promise<readonly PutResult[]> {
    this.asked.push(`put ${items.length}`)
    await this.onVerb('put')
    let isFull = false
    const results = items.map((item): PutResult => {
      const scripted = this.onPut(item)
      if (scripted) return scripted
      if (item.body.length > this.#can.maxBytes) return { is: 'too-large' }
      const known = item.dedupKey === undefined ? undefined : this.#keys.get(item.dedupKey)
      if (known && known.until > this.#clock.now()) return { is: 'duplicate', id: known.id }
      isFull ||= this.#items.size >= this.#capacity
      if (isFull) return { is: 'full' }
      const { id } = this.#store(item)
      if (this.lostAnswers > 0) {
        this.lostAnswers--
        return { is: 'unknown', error: new TimeoutError('the answer was lost') }
      }
      return { is: 'stored', id }
    })
    this.#wake()
    return results
  }

  async take(max: number, waitMs: number, signal: AbortSignal, leaseMs = this.#leaseMs): Promise<readonly Lease[]> {
    this.asked.push(`take ${max}`)
    await this.onVerb('take')
    const end = this.#clock.now() + waitMs
    for (;;) {
      const leases = this.#lease(max, leaseMs)
      const left = end - this.#clock.now()
      if (leases.length > 0 || left <= 0 || signal.aborted) return leases
      await this.#wait(Math.min(left, this.#nextDueMs()), signal)
    }
  }

  async settle(leases: readonly Lease[], verdicts: readonly LeaseVerdict[]): Promise<readonly Settlement[]> {
    for (const verb of new Set(verdicts.map(({ do: verb }) => verb))) this.asked.push(`${verb} ${verdicts.filter((verdict) => verdict.do === verb).length}`)
    await this.onVerb('settle')
    const settlements = leases.map((lease, i) => this.#settle(lease, verdicts[i] as LeaseVerdict))
    this.#wake()
    return settlements
  }

  async stats(): Promise<DurableStats> {
    await this.onVerb('stats')
    this.#expire()
    const leased = [...this.#items.values()].filter(({ token }) => token !== undefined).length
    return { ready: this.#items.size - leased, leased, dead: this.dead.length, sealed: this.#sealed }
  }

  async seal(): Promise<void> {
    this.asked.push('seal')
    await this.onVerb('seal')
    this.#sealed = true
    this.#wake()
  }

  /** The bodies of all items that are not dealt with. */
  get bodies(): readonly Uint8Array[] {
    return [...this.#items.values()].map(({ body }) => body)
  }

  #store({ body, dedupKey, orderKey, delayMs = 0, priority = 0, headers = {} }: PutItem): Item {
    const now = this.#clock.now()
    const item: Item = { id: String(++this.#count), body, priority, key: orderKey, headers, order: this.#order++, due: now + delayMs, attempts: 1, token: undefined, until: 0 }
    this.#items.set(item.id, item)
    if (dedupKey !== undefined && this.#can.dedupMs > 0) this.#keys.set(dedupKey, { id: item.id, until: now + this.#can.dedupMs })
    this.#sealed = false
    return item
  }

  #lease(max: number, leaseMs: number): Lease[] {
    this.#expire()
    const now = this.#clock.now()
    const ready = [...this.#items.values()].filter((item) => item.token === undefined && item.due <= now && this.#isFirstOfKey(item)).sort((a, b) => a.priority - b.priority || a.order - b.order)
    return ready.slice(0, max).map((item) => {
      item.token = `${item.id}-${++this.#count}`
      item.until = now + leaseMs
      return { id: item.id, token: item.token, body: item.body, leaseMs, attempts: item.attempts, headers: item.headers }
    })
  }

  #isFirstOfKey({ key, order }: Item): boolean {
    return key === undefined || ![...this.#items.values()].some((other) => other.key === key && other.order < order)
  }

  #settle({ id, token, leaseMs }: Lease, verdict: LeaseVerdict): Settlement {
    this.#expire()
    const item = this.#items.get(id)
    if (item === undefined || (this.#can.fencing && item.token !== token)) return 'stale'
    if (verdict.do === 'extend') {
      item.until = this.#clock.now() + leaseMs
      return 'ok'
    }
    item.token = undefined
    if (verdict.do === 'ack') this.#items.delete(id)
    else if (verdict.do === 'dead') {
      this.#items.delete(id)
      this.dead.push({ id, body: item.body, reason: verdict.reason })
    } else if (verdict.do === 'nack') {
      item.attempts++
      item.due = this.#clock.now() + verdict.delayMs
    } else if (this.#can.attempts === 'deliveries') item.attempts++
    return 'ok'
  }

  /** Leases that are over: the items come again, as their next attempt. */
  #expire(): void {
    const now = this.#clock.now()
    for (const item of this.#items.values()) {
      if (item.token === undefined || item.until > now) continue
      item.token = undefined
      item.attempts++
    }
  }

  #nextDueMs(): number {
    const now = this.#clock.now()
    let next = Infinity
    for (const { token, due, until } of this.#items.values()) next = Math.min(next, Math.max(0, (token === undefined ? due : until) - now))
    return next
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel()
        this.#waiting.delete(done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const cancel = this.#clock.after(ms, done)
      this.#waiting.add(done)
      signal.addEventListener('abort', done)
    })
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake()
  }
}
