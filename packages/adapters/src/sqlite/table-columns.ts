import { OptionError } from '@sluice/core'
import { rule, words } from '@sluice/core/authoring'

/** What a column holds; with a question mark also nothing. `any` takes everything as it is. */
export type SqliteType = 'integer' | 'real' | 'text' | 'blob' | 'any' | 'integer?' | 'real?' | 'text?' | 'blob?' | 'any?'

/** How a table is written. */
export interface TableOptions {
  /**
   * With types: the table is made where there is none, and checked where there is one. A list of names: these columns of a
   * table that exists. Default: all columns of a table that exists. Other properties of a row are not written.
   */
  readonly columns?: Readonly<Record<string, SqliteType>> | readonly string[] | undefined
  /**
   * `'insert'` (default): a row whose key is there already fails the run. `'upsert'`: it takes the place of the one there.
   */
  readonly mode?: 'insert' | 'upsert' | undefined
  /** The columns that name a row: the primary key of a table that is made, and what `'upsert'` goes by. */
  readonly key?: readonly string[] | undefined
}

/** A table whose options were checked. */
export interface CheckedTable {
  readonly name: string
  readonly types: ReadonlyMap<string, SqliteType> | undefined
  readonly columns: readonly string[] | undefined
  readonly mode: 'insert' | 'upsert'
  readonly key: readonly string[]
}

const TYPES = ['integer', 'real', 'text', 'blob', 'any']

/** How the options of a table are declared. */
export function tableRules() {
  return {
    columns: rule<NonNullable<TableOptions['columns']>>('an object of columns and types, or a list of names', (value) => typeof value === 'object' && value !== null).maybe(),
    mode: words('insert', 'upsert').or('insert'), key: rule<readonly string[]>("a list of columns; 'upsert' needs one", Array.isArray).or([]),
  }
}

/** Checks what can be checked before the database is open. */
export function checkTable(owner: string, name: string, { columns: given, mode, key }: Pick<CheckedTable, 'mode' | 'key'> & Pick<TableOptions, 'columns'>): CheckedTable {
  checkName(owner, 'table', name)
  const types = given === undefined || Array.isArray(given) ? undefined : new Map(Object.entries(given as Record<string, SqliteType>))
  const columns = types ? [...types.keys()] : (given as readonly string[] | undefined)
  if (columns?.length === 0) throw new OptionError(owner, 'columns', given, 'at least one column')
  for (const column of columns ?? []) checkName(owner, 'columns', column)
  for (const [column, type] of types ?? []) {
    if (typeof type !== 'string' || !TYPES.includes(type.replace(/\?$/, ''))) {
      throw new OptionError(owner, `columns.${column}`, type, `one of ${TYPES.join(', ')}, with a question mark where it may be null`)
    }
  }
  if (mode === 'upsert' && key.length === 0) throw new OptionError(owner, 'key', key, "a list of columns; 'upsert' needs one")
  for (const column of key) {
    if (columns && !columns.includes(column)) throw new OptionError(owner, 'key', column, `one of the columns ${columns.join(', ')}`)
  }
  return { name, types, columns, mode, key }
}

function checkName(owner: string, option: string, name: unknown): void {
  if (typeof name !== 'string' || name === '' || name.includes('\0')) throw new OptionError(owner, option, name, 'a name')
}

/** A name as SQL has it, whatever is in it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
