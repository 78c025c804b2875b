import type { Stage, Ticket, Tickets } from '@sluice/core/authoring'
import { Unsettled } from '../batches/unsettled'

/** A value that cannot be written, and why. */
export interface Refused {
  readonly index: number
  readonly error: unknown
}

/**
 * The values that wait for their transaction, with the rows they are made of.
 *
 * ```text
 *   values   [ a | b | c ]            the ticket of each beside it
 *   rows     table 0: [ a1 | b1 | c1 ]   owners: [ 0 | 1 | 2 ]
 *            table 1: [ a2 | c2 ]        owners: [ 0 | 2 ]
 * ```
 */
export class HeldRows<T> {
  /** Rows by table. */
  readonly rows: object[][]
  /** Of all tables. */
  count = 0
  readonly #owners: number[][]
  #values: T[] = []
  #tickets: Tickets = []
  #attempts = new Map<number, number>()
  /** Values of which no rows could be made. */
  #malformed: Refused[] = []

  constructor(tables: number) {
    this.rows = Array.from({ length: tables }, () => [])
    this.#owners = this.rows.map(() => [])
  }

  /** Values. */
  get length(): number {
    return this.#values.length
  }

  get malformed(): readonly Refused[] {
    return this.#malformed
  }

  /**
   * Adds a value with the rows that `spread` makes of it.
   *
   * @param keep true: a value of which no rows can be made is kept, as one that is refused. False: the error is thrown.
   */
  add(value: T, ticket: Ticket | undefined, spread: (value: T, rows: readonly object[][]) => number, keep: boolean): void {
    const index = this.#values.length
    this.#values.push(value)
    this.#tickets.push(ticket)
    try {
      this.count += spread(value, this.rows)
    } catch (error) {
      for (let table = 0; table < this.rows.length; table++) (this.rows[table] as object[]).length = (this.#owners[table] as number[]).length
      if (!keep) throw error
      this.#malformed.push({ index, error })
    }
    for (let table = 0; table < this.rows.length; table++) {
      const owners = this.#owners[table] as number[]
      for (let left = (this.rows[table] as object[]).length - owners.length; left > 0; left--) owners.push(index)
    }
  }

  /** The place of the value that a row belongs to. */
  ownerOf(table: number, row: number): number {
    return this.#owners[table]?.[row] as number
  }

  valueAt(index: number): T {
    return this.#values[index] as T
  }

  ticketAt(index: number): Ticket | undefined {
    return this.#tickets[index]
  }

  /** True where nothing else of the value would be left out with the row. */
  isAlone(index: number): boolean {
    let rows = 0
    for (const owners of this.#owners) for (let i = owners.indexOf(index); i >= 0 && owners[i] === index; i++) rows++
    return rows === 1
  }

  /** The ticket is settled already. */
  forget(index: number): void {
    this.#tickets[index] = undefined
  }

  /** How often the value has been tried. */
  attemptAt(index: number): number {
    return this.#attempts.get(index) ?? 1
  }

  tryAgain(index: number): void {
    this.#attempts.set(index, this.attemptAt(index) + 1)
  }

  /** Takes values out, with all their rows. Those behind them move up. */
  remove(indices: ReadonlySet<number>): void {
    const places = new Map<number, number>()
    for (let i = 0; i < this.#values.length; i++) if (!indices.has(i)) places.set(i, places.size)
    const kept = <V>(list: readonly V[]): V[] => list.filter((_, i) => places.has(i))
    this.#values = kept(this.#values)
    this.#tickets = kept(this.#tickets)
    this.#attempts = new Map([...this.#attempts].flatMap(([i, attempt]) => (places.has(i) ? [[places.get(i) as number, attempt] as const] : [])))
    this.#malformed = this.#malformed.filter(({ index }) => places.has(index)).map(({ index, error }) => ({ index: places.get(index) as number, error }))
    for (const [table, owners] of this.#owners.entries()) {
      const rows = this.rows[table] as object[]
      this.rows[table] = rows.filter((_, i) => places.has(owners[i] as number))
      this.#owners[table] = owners.filter((owner) => places.has(owner)).map((owner) => places.get(owner) as number)
    }
    this.count = this.rows.reduce((sum, rows) => sum + rows.length, 0)
  }

  /** All of them are written. */
  settle(stage: Stage): void {
    const written = new Unsettled(stage)
    written.add(this.#tickets, this.#values.length)
    this.clear()
    written.settle()
  }

  /** None of them will be. */
  giveBack(reason: unknown): void {
    const tickets = this.#tickets
    this.clear()
    for (const ticket of tickets) ticket?.nack(reason)
  }

  clear(): void {
    this.#values = []
    this.#tickets = []
    this.#malformed = []
    this.#attempts.clear()
    for (const owners of this.#owners) owners.length = 0
    for (const rows of this.rows) rows.length = 0
    this.count = 0
  }
}
