import type { SqliteHandle } from './handle'
import { prepare } from './statement'
import { affinityOf, type Affinity } from './column-value'
import { quoted, type CheckedTable, type SqliteType } from './table-columns'

/** A table that is not what the pipeline was told it is. Thrown before anything is written. */
export class SqliteSchemaError extends Error {
  override readonly name = 'SqliteSchemaError'
  readonly code = 'SLUICE_SQLITE_SCHEMA'
}

interface Column {
  readonly name: string
  readonly type: string
  readonly required: boolean
  readonly hasDefault: boolean
}

/** A column that is written. */
export interface WrittenColumn {
  readonly name: string
  readonly affinity: Affinity
}

/** Makes the table where it was described and is missing, checks it, and answers the columns to write. */
export function prepareTable(owner: string, handle: SqliteHandle, table: CheckedTable): readonly WrittenColumn[] {
  if (table.types) handle.exec(creation(table, table.types))
  const found = columnsOf(handle, table.name)
  const fail = (what: string): never => {
    throw new SqliteSchemaError(`${owner}: table ${quoted(table.name)} ${what}`)
  }
  if (found.size === 0) fail('is missing: give columns with their types, and it is made')
  const columns = table.columns ?? [...found.keys()]
  for (const name of [...columns, ...table.key]) {
    if (!found.has(name)) fail(`has no column ${quoted(name)}; it has ${[...found.keys()].map(quoted).join(', ')}`)
  }
  for (const [name, type] of table.types ?? []) {
    const column = found.get(name) as Column
    const declared = type.replace(/\?$/, '').toUpperCase()
    if (declared !== 'ANY' && column.type !== declared) fail(`has ${quoted(name)} as ${column.type || 'no type'}, expected ${declared}`)
    if (type.endsWith('?') && column.required) fail(`has ${quoted(name)} as NOT NULL, expected ${type}`)
  }
  for (const { name, required, hasDefault } of found.values()) {
    if (required && !hasDefault && !columns.includes(name)) fail(`needs a value for ${quoted(name)}, which is none of the columns that are written`)
  }
  const strict = prepare(handle, "SELECT strict FROM pragma_table_list(?) WHERE type <> 'virtual'").get([table.name])?.strict === 1n
  return columns.map((name) => ({ name, affinity: affinityOf((found.get(name) as Column).type, strict) }))
}

function creation({ name, key }: CheckedTable, types: ReadonlyMap<string, SqliteType>): string {
  const parts = [...types].map(([column, type]) => `${quoted(column)} ${type.replace(/\?$/, '').toUpperCase()}${type.endsWith('?') ? '' : ' NOT NULL'}`)
  if (key.length > 0) parts.push(`PRIMARY KEY (${key.map(quoted).join(', ')})`)
  // STRICT: a text in a column of numbers is an error, as everywhere but in SQLite.
  return `CREATE TABLE IF NOT EXISTS ${quoted(name)} (${parts.join(', ')}) STRICT`
}

function columnsOf(handle: SqliteHandle, table: string): Map<string, Column> {
  const columns = new Map<string, Column>()
  // Hidden ones are computed, or part of a virtual table.
  const rows = prepare(handle, 'SELECT name, type, "notnull", dflt_value FROM pragma_table_xinfo(?) WHERE hidden = 0').rows([table])
  for (let row = rows.next(); row; row = rows.next()) {
    const { name, type, notnull, dflt_value: otherwise } = row as { name: string; type: string; notnull: bigint; dflt_value: unknown }
    columns.set(name, { name, type: type.toUpperCase(), required: notnull !== 0n, hasDefault: otherwise !== null })
  }
  return columns
}
