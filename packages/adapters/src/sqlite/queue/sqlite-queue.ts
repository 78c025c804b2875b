import { resolve } from 'node:path'
import type { Capabilities, DeadItems, DurableQueue, DurableStats, Lease, LeaseVerdict, PutItem, PutResult, Settlement } from '@sluice/core/durable'
import { check, coded, declare, ms, rule, whole, words } from '@sluice/core/authoring'
import { databaseRule, openSqlite, type SqliteDatabase, type SqliteHandle } from '../handle'
import { prepare } from '../statement'
import { ofFile } from '../transaction'
import { isDiskFull } from './disk-full'
import { tellArrived, waitForArrival } from './arrivals'
import { locked, patiently } from './locked'
import { hostClock } from './monotonic'
import { Store } from './store'

/** Options of {@link sqliteQueue}. */
export interface SqliteQueueOptions {
  /** Of the queue: a file may have several. Letters, digits, `_` and `-`. */
  readonly name: string
  /** Items that are not dealt with, at most: ready, later and leased. Default: as many as the disk holds. */
  readonly capacity?: number | undefined
  /** How long an item is leased where its consumer says nothing, in ms. Default 30,000. */
  readonly leaseMs?: number | undefined
  /** How long a second put with the same key is absorbed, in ms; 0: not at all. Default a day. */
  readonly dedupMs?: number | undefined
  /** The largest item, in bytes. Default 16 MiB. */
  readonly maxBytes?: number | undefined
  /**
   * What a confirmed put survives. `'process'`: the death of any process; a power cut may undo the last moments. `'host'`: a power cut as well, which takes
   * a write through to the disk for each batch. Concerns a file that the queue opens itself. Default `'process'`.
   */
  readonly survives?: 'process' | 'host' | undefined
}

const SQLITE_QUEUE = /* @__PURE__ */ declare('sqliteQueue', () => ({
  args: { database: databaseRule() },
  options: { capacity: whole().maybe(), leaseMs: whole(1).or(30_000), dedupMs: ms().or(86_400_000), maxBytes: whole(1, 1_000_000_000).or(16 * 1024 * 1024), survives: words('process', 'host').or('process') },
}))
const NAME = /* @__PURE__ */ rule<string>('a name of at most 64 letters, digits, _ and -', (name) => typeof name === 'string' && /^[\w-]{1,64}$/.test(name))

/** Options with their defaults. */
interface Checked {
  readonly name: string
  readonly capacity: number
  readonly leaseMs: number
  readonly dedupMs: number
  readonly maxBytes: number
  readonly survives: 'process' | 'host'
}

/** What is only there while the queue is open. */
interface Open {
  readonly handle: SqliteHandle
  readonly store: Store
}

class SqliteQueue implements DurableQueue {
  readonly name: string
  readonly known: Capabilities
  readonly deadItems: DeadItems
  readonly #database: SqliteDatabase
  readonly #options: Checked
  readonly #place: string
  /** How many have it open; the first opens the file, the last closes it. */
  #users = 0
  #open: Promise<Open> | undefined

  constructor(database: SqliteDatabase, options: Checked) {
    this.name = options.name
    this.#database = database
    this.#options = options
    this.#place = `${typeof database === 'string' ? resolve(database) : 'open'} ${options.name}`
    const { capacity, dedupMs, maxBytes, survives } = options
    this.known = {
      survives, bound: capacity === Infinity ? 'none' : 'exact', slack: 0, order: 'strict', acks: 'each', acksConfirmed: true, lease: 'delivery', extend: true, attempts: 'failures',
      delay: 'native', priority: true, fencing: true, dedupMs, dead: 'atomic', maxBytes, ...(typeof database === 'string' ? {} : { database }),
    }
    this.deadItems = {
      list: (most = 100, after = '0') => this.#briefly(({ store }) => store.listDead(most, after)),
      redrive: (ids) => this.#briefly((open) => this.#write(open, (store) => store.redrive(ids))),
      purge: (ids) => this.#briefly((open) => this.#write(open, (store) => store.purge(ids))),
    }
  }

  async open(): Promise<Capabilities> {
    this.#users++
    try {
      await (this.#open ??= this.#connect())
    } catch (error) {
      this.#users--
      this.#open = undefined
      throw ofFile('sqliteQueue', this.#database, error)
    }
    return this.known
  }

  async close(): Promise<void> {
    if (--this.#users > 0 || this.#open === undefined) return
    const open = this.#open
    this.#open = undefined
    if (typeof this.#database === 'string') (await open).handle.close()
  }

  async put(items: readonly PutItem[]): Promise<readonly PutResult[]> {
    try {
      return await this.#write(await this.#opened(), (store) => store.put(items))
    } catch (error) {
      // Nothing of it was stored, and what is there can be acknowledged when there is room again.
      if (isDiskFull(error)) return items.map(() => ({ is: 'full' }))
      throw error
    }
  }

  async take(max: number, waitMs: number, signal: AbortSignal, leaseMs = this.#options.leaseMs): Promise<readonly Lease[]> {
    const open = await this.#opened()
    const { store } = open
    const end = performance.now() + waitMs
    for (;;) {
      if (store.hasReady) {
        const leases = await locked(open.handle, () => store.take(max, Math.ceil(leaseMs)))
        if (leases.length > 0) return leases
      }
      const leftMs = end - performance.now()
      if (leftMs <= 0 || signal.aborted) return []
      await waitForArrival(this.#place, Math.min(leftMs, Math.max(1, store.nextInMs())), () => store.version, signal)
    }
  }

  async settle(leases: readonly Lease[], verdicts: readonly LeaseVerdict[]): Promise<readonly Settlement[]> {
    return this.#write(await this.#opened(), (store) => store.settle(leases, verdicts))
  }

  async stats(): Promise<DurableStats> {
    return this.#briefly(({ store }) => store.stats())
  }

  async seal(): Promise<void> {
    await this.#write(await this.#opened(), (store) => { store.seal() })
  }

  async #connect(): Promise<Open> {
    const { name, capacity, dedupMs, maxBytes, survives } = this.#options
    const isPath = typeof this.#database === 'string'
    const handle = isPath ? await openSqlite(this.#database) : this.#database
    try {
      if (isPath) {
        // Waiting is done in turns of the event loop: see `locked`.
        handle.exec('PRAGMA busy_timeout = 0')
        await patiently(() => {
          handle.exec('PRAGMA journal_mode = WAL')
          handle.exec(`PRAGMA synchronous = ${survives === 'host' ? 'FULL' : 'NORMAL'}`)
        })
      }
      const options = { name, capacity, dedupMs, maxBytes, path: isPath ? resolve(this.#database) : undefined }
      const store = await patiently(() => new Store(handle, options, hostClock()))
      await locked(handle, () => { store.heal() })
      return { handle, store }
    } catch (error) {
      if (isPath) handle.close()
      throw error
    }
  }

  #opened(): Promise<Open> {
    return this.#open ?? Promise.reject(coded('SLUICE_ARGUMENT', new TypeError(`sqliteQueue '${this.name}': open() it first`)))
  }

  /** Opens the queue for one look, where nobody has it open. */
  async #briefly<R>(look: (open: Open) => R | Promise<R>): Promise<R> {
    await this.open()
    try {
      return await look(await this.#opened())
    } finally {
      await this.close()
    }
  }

  async #write<R>({ handle, store }: Open, work: (store: Store) => R): Promise<R> {
    try {
      return await locked(handle, () => work(store))
    } catch (error) {
      throw ofFile('sqliteQueue', this.#database, error)
    } finally {
      tellArrived(this.#place)
    }
  }
}

/**
 * A durable queue in a SQLite file: nothing to install or to start, and several processes may share it.
 *
 * Several processes put and take at once; those that have to wait for the lock of the file do so without holding their event loops. Order is that of
 * `priority`, then of putting; items of one `key` are given out one at a time. An item whose holder died without a word is given out alone the next time,
 * so that what kills a process takes no other item with it.
 *
 * @param database a path, which each run opens and closes; or an open database of `node:sqlite`, `libsql` or `better-sqlite3`, which stays open.
 * @param options `name` of the queue, which is needed; `capacity`, `leaseMs` (default 30,000), `dedupMs` (default a day), `maxBytes` (default 16 MiB),
 *   `survives` (default `'process'`).
 * @throws OptionError where an option is wrong. `open` rejects where the file cannot be opened, or another version has written the queue.
 *
 * @example
 * ```ts
 * import { durable, forEach, range } from 'sluice'
 * import { sqliteQueue } from '@sluice/adapters/sqlite'
 *
 * const queue = sqliteQueue('jobs.db', { name: 'numbers', capacity: 10_000 })
 * await range(1, 1000).pipe(durable(queue, { name: 'numbers' })).to(forEach(async (n) => { console.log(n) }, { concurrency: 8 })).run()
 * ```
 */
export function sqliteQueue(database: SqliteDatabase, options: SqliteQueueOptions): DurableQueue {
  const given = SQLITE_QUEUE.read(options, { database })
  const name = check(NAME, 'sqliteQueue', 'name', (options as Partial<SqliteQueueOptions> | undefined)?.name) as string
  const { leaseMs, dedupMs, maxBytes, survives } = given
  return new SqliteQueue(database, { name, capacity: given.capacity ?? Infinity, leaseMs, dedupMs, maxBytes, survives: typeof database === 'string' ? survives : survivalOf(database) })
}

/** As the database that was given is set. */
function survivalOf(handle: SqliteHandle): 'process' | 'host' {
  return Number(prepare(handle, 'PRAGMA synchronous', false).get([])?.['synchronous']) >= 2 ? 'host' : 'process'
}
