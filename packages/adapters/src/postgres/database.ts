/*
 * What is used of the package `pg`, so that a pool or client of any version, or one that only looks like it, will do.
 */

import { rule } from '@sluice/core/authoring'

/** A connection of `pg`: `new Client()`, or what `pool.connect()` answers. */
export interface PgClient {
  query(...given: never[]): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
  removeListener(event: 'error', listener: (error: Error) => void): unknown
}

/** A `Pool` of `pg`. */
export interface PgPool {
  readonly totalCount: number
  connect(): Promise<PgClient>
}

/** Where queries are sent. A pool gives a connection for each run; a client serves one run at a time, and stays open. */
export type PgDatabase = PgPool | PgClient

/** The answer to a statement. */
export interface PgAnswer<Row> {
  readonly rows: Row[]
  readonly rowCount: number | null
}

/** A client, with what its types leave out. */
export interface OpenClient extends PgClient {
  query<Row>(text: string, values?: readonly unknown[]): Promise<PgAnswer<Row>>
  query<Row>(asked: { readonly text: string; readonly values: readonly unknown[]; readonly types: object }): Promise<PgAnswer<Row>>
  query<Running>(running: Running): Running
  release?(destroy?: boolean): void
  getTransactionStatus?(): string | null
  getTypeParser?(oid: number, format?: string): TypeParser
  readonly processID?: number | null
  readonly secretKey?: number | null
  readonly host?: string
  readonly port?: number
  readonly connection?: PgConnection
}

/** Makes a value of the text, or the bytes, that the server sends for it. */
export type TypeParser = (text: string) => unknown

/** The wire below a client. */
export interface PgConnection {
  readonly ssl?: unknown
  readonly sslNegotiation?: string
  readonly stream: { destroy(): void }
  on(event: string, listener: (error?: Error) => void): unknown
  connect(port: number | string, host?: string): void
  requestSsl(): void
  cancel(processId: number, secretKey: number): void
}

/** True for a pool; false for a client. */
export function isPool(database: PgDatabase): database is PgPool {
  return 'totalCount' in database
}

/** A database, as an argument. */
export const databaseRule = () => rule<PgDatabase>('a Pool or Client of pg', isDatabase)

/** True for something that looks like one of `pg`. */
function isDatabase(value: unknown): value is PgDatabase {
  const { query, connect, on } = (value ?? {}) as { readonly query?: unknown; readonly connect?: unknown; readonly on?: unknown }
  return typeof on === 'function' && (typeof query === 'function' || typeof connect === 'function')
}
