import { OptionError } from '@sluice/core'

/** A name as SQL takes it whatever is in it, in capitals or not. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** `'table'`, `'schema.table'`, or `['schema', 'table']` for names with dots in them. Names are taken as they are, case and all. */
export type TableName = string | readonly [schema: string, table: string]

/** A table's name, quoted; without a schema, the search path of the connection decides. */
export function quoteTable(owner: string, table: TableName): string {
  const parts = typeof table === 'string' ? table.split('.') : table
  if (!Array.isArray(parts) || parts.length > 2 || !parts.every(isName)) {
    throw new OptionError(owner, 'table', table, "'table', 'schema.table' or ['schema', 'table']")
  }
  return parts.map((part) => quoteName(part)).join('.')
}

/** Postgres takes any text for a name, but none with a zero byte. */
export function isName(name: unknown): name is string {
  return typeof name === 'string' && name !== '' && !name.includes('\0')
}
