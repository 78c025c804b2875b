import { statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import type { DeadItem, DurableStats, Lease, LeaseVerdict, PutItem, PutResult, Settlement } from '@sluice/core/durable'
import { randomUUID } from 'node:crypto'
import type { SqliteHandle } from '../handle'
import type { HostClock } from './monotonic'
import { prepareAll, type Statements } from './statements'
import { makeTables, tablesOf } from './tables'

/** Keys whose time is over are forgotten little by little, with each put. */
const FORGOTTEN_AT_ONCE = 64
/** Below this much room on the disk nothing is put any more, so that what is there can still be acknowledged. */
const RESERVE_BYTES = 16 * 1024 * 1024
const DISK_LOOK_MS = 1000

/** What a store needs to know of its queue. */
export interface StoreOptions {
  readonly name: string
  readonly capacity: number
  readonly dedupMs: number
  readonly maxBytes: number
  /** The file, where that is known. */
  readonly path: string | undefined
}

/** One queue in one database: each verb is one transaction of its caller's, and no time passes in it. */
export class Store {
  readonly #options: StoreOptions
  readonly #clock: HostClock
  readonly #sql: Statements
  #diskLookedAt = -Infinity
  #isDiskFull = false

  /** Makes the tables, and takes back what a host that was started again since has given out. */
  constructor(handle: SqliteHandle, options: StoreOptions, clock: HostClock) {
    this.#options = options
    this.#clock = clock
    const tables = tablesOf(options.name)
    makeTables(handle, options.name, tables)
    this.#sql = prepareAll(handle, tables)
  }

  /** The host was started again: no holder is left, and their times are those of another clock. */
  heal(): void {
    if (this.#fact('boot') === this.#clock.boot) return
    this.#sql.freeLeases.run([])
    this.#sql.setFact.run([this.#clock.boot, 'boot'])
  }

  put(items: readonly PutItem[]): PutResult[] {
    const { capacity, dedupMs, maxBytes } = this.#options
    const now = Date.now()
    const sql = this.#sql
    let size = this.#fact('size') as number
    const before = size
    let isFull = this.#noRoomOnDisk()
    const results = items.map(({ body, dedupKey, orderKey, delayMs = 0, priority = 0, headers }): PutResult => {
      if (body.length > maxBytes) return { is: 'too-large' }
      const known = dedupKey === undefined || dedupMs === 0 ? undefined : sql.keyOf.get([dedupKey, now])
      if (known) return { is: 'duplicate', id: String(known['id']) }
      isFull ||= size >= capacity
      if (isFull) return { is: 'full' }
      size++
      const due = delayMs > 0 ? Math.ceil(now + delayMs) : 0
      const id = sql.insert.get([body, priority, due, orderKey ?? null, headers === undefined ? null : JSON.stringify(headers)])?.['id'] as number
      if (dedupKey !== undefined && dedupMs > 0) sql.setKey.run([dedupKey, id, Math.ceil(now + dedupMs)])
      return { is: 'stored', id: String(id) }
    })
    if (size > before) {
      sql.grow.run([size - before])
      if (this.#fact('sealed') === 1) sql.setFact.run([0, 'sealed'])
      if (items.some(({ orderKey }) => orderKey !== undefined)) sql.setFact.run([1, 'keyed'])
      if (dedupMs > 0) sql.forgetKeys.run([now, FORGOTTEN_AT_ONCE])
    }
    return results
  }

  /** Whether a take would find something: only then the lock of the writers is asked for. */
  get hasReady(): boolean {
    return this.#sql.anyReady.get([]) !== undefined || this.nextInMs() <= 0
  }

  take(max: number, leaseMs: number): Lease[] {
    const sql = this.#sql
    const now = this.#clock.now()
    sql.expire.run([now])
    sql.comeDue.run([Date.now()])
    const next = (this.#fact('keyed') === 1 ? sql.nextByKey : sql.next).all([max]) as { readonly id: number; readonly lost: number }[]
    // What was given out before, and its holder died without a word, may be what killed it: it is given out alone, so that no other one dies with it.
    const firstLost = next.findIndex(({ lost }) => lost > 0)
    const chosen = firstLost < 0 ? next : next.slice(0, Math.max(1, firstLost))
    if (chosen.length === 0) return []
    const token = randomUUID()
    const rows = sql.lease.all([now + leaseMs, token, JSON.stringify(chosen.map(({ id }) => id))])
    // What an update returns comes in no order.
    rows.sort((a, b) => (a['prio'] as number) - (b['prio'] as number) || (a['id'] as number) - (b['id'] as number))
    return rows.map(({ id, body, attempts, headers }) => ({
      id: String(id), token, body: bytesOf(body), leaseMs, attempts: attempts as number, headers: headersOf(headers),
    }))
  }

  settle(leases: readonly Lease[], verdicts: readonly LeaseVerdict[]): Settlement[] {
    const now = this.#clock.now()
    let gone = 0
    const settlements = leases.map((lease, i): Settlement => {
      const verdict = verdicts[i] as LeaseVerdict
      const isDone = this.#settle(lease, verdict, now)
      if (isDone && (verdict.do === 'ack' || verdict.do === 'dead')) gone++
      return isDone ? 'ok' : 'stale'
    })
    if (gone > 0) this.#sql.grow.run([-gone])
    return settlements
  }

  /** How long until an item comes due or a lease is over, in ms; Infinity where none does. */
  nextInMs(): number {
    const due = this.#sql.nextDue.get([])?.['due'] as number | null
    const lease = this.#sql.nextLease.get([])?.['lease'] as number | null
    return Math.min(due === null ? Infinity : due - Date.now(), lease === null ? Infinity : lease - this.#clock.now())
  }

  /** Another one after each transaction of another connection. */
  get version(): unknown {
    return this.#sql.version.get([])?.['data_version']
  }

  stats(): DurableStats {
    const leased = this.#sql.leased.get([])?.['count'] as number
    return { ready: (this.#fact('size') as number) - leased, leased, dead: this.#sql.dead.get([])?.['count'] as number, sealed: this.#fact('sealed') === 1 }
  }

  seal(): void {
    this.#sql.setFact.run([1, 'sealed'])
  }

  listDead(most: number, after: string): DeadItem[] {
    return this.#sql.deadFrom.all([Number(after), most]).map(({ id, body, attempts, reason, at, headers }) => ({
      id: String(id), body: bytesOf(body), attempts: attempts as number, reason: reason as string, at: at as number, headers: headersOf(headers),
    }))
  }

  redrive(ids: readonly string[] | undefined): number {
    const list = listOf(ids)
    const count = this.#sql.revive.change([list])
    this.#sql.purge.run([list])
    if (count > 0) this.#sql.grow.run([count])
    return count
  }

  purge(ids: readonly string[] | undefined): number {
    return this.#sql.purge.change([listOf(ids)])
  }

  #settle({ id: text, token, leaseMs }: Lease, verdict: LeaseVerdict, now: number): boolean {
    const sql = this.#sql
    const id = Number(text)
    switch (verdict.do) {
      case 'ack': return sql.ack.change([id, token]) === 1
      case 'extend': return sql.extend.change([now + leaseMs, id, token]) === 1
      case 'return': return sql.giveBack.change([id, token]) === 1
      case 'nack': return sql.nack.change([verdict.delayMs > 0 ? Math.ceil(Date.now() + verdict.delayMs) : 0, id, token]) === 1
      case 'dead': return sql.die.change([verdict.reason, Date.now(), id, token]) === 1 && sql.ack.change([id, token]) === 1
    }
  }

  #fact(name: string): unknown {
    return this.#sql.fact.get([name])?.['value']
  }

  #noRoomOnDisk(): boolean {
    const { path } = this.#options
    const now = this.#clock.now()
    if (path === undefined || now - this.#diskLookedAt < DISK_LOOK_MS) return this.#isDiskFull
    this.#diskLookedAt = now
    const { bavail, bsize } = statfsSync(dirname(path))
    return (this.#isDiskFull = bavail * bsize < RESERVE_BYTES)
  }
}

/** libsql answers lists of rows with plain memory in them. */
function bytesOf(body: unknown): Uint8Array {
  return body instanceof ArrayBuffer ? new Uint8Array(body) : (body as Uint8Array)
}

function headersOf(text: unknown): Readonly<Record<string, string>> {
  return text === null ? {} : (JSON.parse(text as string) as Record<string, string>)
}

function listOf(ids: readonly string[] | undefined): string | null {
  return ids === undefined ? null : JSON.stringify(ids.map(Number))
}
