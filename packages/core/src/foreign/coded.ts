/**
 * What an error of ours is about, the same in every version: the `code` of each error that a package of ours makes.
 * What each means stands in docs/errors.md.
 */
export type SluiceErrorCode =
  // core
  | 'SLUICE_OPTION'
  | 'SLUICE_ARGUMENT'
  | 'SLUICE_VALUE'
  | 'SLUICE_ANSWER'
  | 'SLUICE_RANGE'
  | 'SLUICE_PROTOCOL'
  | 'SLUICE_DEPTH'
  | 'SLUICE_QUEUE_CLOSED'
  | 'SLUICE_QUEUE_FULL'
  | 'SLUICE_QUEUE_UNREAD'
  | 'SLUICE_SLOW_SUBSCRIBER'
  | 'SLUICE_TIMEOUT'
  | 'SLUICE_DEADLOCK'
  | 'SLUICE_ABORTED'
  | 'SLUICE_COPIES'
  | 'SLUICE_CLEANUP'
  | 'SLUICE_CAPABILITY'
  | 'SLUICE_PUT'
  | 'SLUICE_PUT_UNKNOWN'
  | 'SLUICE_POISON'
  // operators
  | 'SLUICE_EMPTY'
  | 'SLUICE_CIRCUIT_OPEN'
  | 'SLUICE_RATE_EXCEEDED'
  | 'SLUICE_GROUP_LIMIT'
  | 'SLUICE_CONSUMED'
  // adapters
  | 'SLUICE_PLATFORM'
  | 'SLUICE_FILE'
  | 'SLUICE_DECOMPRESSION'
  | 'SLUICE_CSV'
  | 'SLUICE_NDJSON'
  | 'SLUICE_LINE_TOO_LONG'
  | 'SLUICE_PARQUET'
  | 'SLUICE_HTTP'
  | 'SLUICE_RESPONSE_TOO_LONG'
  | 'SLUICE_REDIRECT'
  | 'SLUICE_POSTGRES_TABLE'
  | 'SLUICE_POSTGRES_VALUE'
  | 'SLUICE_POSTGRES_ROW'
  | 'SLUICE_SQLITE'
  | 'SLUICE_SQLITE_SCHEMA'
  | 'SLUICE_SQLITE_VALUE'
  | 'SLUICE_NATS'
  | 'SLUICE_WEB_SOCKET'
  | 'SLUICE_WEB_SOCKET_CLOSED'
  | 'SLUICE_MESSAGE_PORT'
  | 'SLUICE_STREAM_ENDED'
  | 'SLUICE_THREAD'
  // inspector and command line
  | 'SLUICE_TERMINAL'
  | 'SLUICE_WATCH'
  | 'SLUICE_USAGE'
  // testing
  | 'SLUICE_LAW'

/**
 * Gives a plain error of ours its `code`. A class of errors has its code as a property.
 *
 * @example
 * ```ts
 * throw coded('SLUICE_VALUE', new TypeError('writeLines: value 3 is no text'))
 * ```
 */
export function coded<E extends Error>(code: SluiceErrorCode, error: E): E & { readonly code: SluiceErrorCode } {
  return Object.assign(error, { code })
}
