import type { ValueType } from './value-text'
import { PostgresTableError } from './table-error'
import type { Session } from './session'

/** A column as it is written. */
export interface ShapeColumn extends ValueType {
  readonly name: string
  /** For a cast: the type without a length, since a cast to `varchar(3)` would cut what is longer. */
  readonly cast: string
}

/** What the catalog says of a column, as texts. */
type Row = Record<'name' | 'base' | 'cast' | 'delimiter', string> & {
  readonly element: string | null
  /** Has to be given: not null, and nothing fills it. */
  readonly required: 'true' | 'false'
  readonly generated: 'true' | 'false'
}

const COLUMNS = `
  SELECT a.attname::text AS name, coalesce(b.typname, t.typname)::text AS base, format_type(a.atttypid, -1) AS cast,
         e.typname::text AS element, t.typdelim::text AS delimiter, (a.attgenerated <> '')::text AS generated,
         (a.attnotnull AND NOT a.atthasdef AND a.attidentity = '')::text AS required
  FROM pg_attribute a
  JOIN pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype
  LEFT JOIN pg_type e ON e.oid = coalesce(b.typelem, t.typelem) AND coalesce(b.typcategory, t.typcategory) = 'A'
  WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attnum`

const KEYS = `
  SELECT json_agg(a.attname)::text AS names
  FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey[0:i.indnkeyatts - 1]) AS k(attnum)
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
  WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
  GROUP BY i.indexrelid`

/** Looks the table up, and says all that keeps rows from being written to it. */
export async function readShape(session: Session, table: string, columns: readonly string[], key: readonly string[] | undefined): Promise<ShapeColumn[]> {
  const { rows } = await session.texts<Row>(COLUMNS, [table])
  if (rows.length === 0) {
    throw new PostgresTableError(table, [], 'there is no such table, or it has no columns (names are taken as they are, case and all)')
  }
  const found = new Map(rows.map((row) => [row.name, row]))
  const missing = columns.filter((column) => !found.has(column))
  if (missing.length > 0) {
    throw new PostgresTableError(table, missing, `has no column ${missing.join(', ')}; it has ${[...found.keys()].join(', ')}`)
  }
  const generated = columns.filter((column) => found.get(column)?.generated === 'true')
  if (generated.length > 0) throw new PostgresTableError(table, generated, `computes ${generated.join(', ')} itself: leave it out of columns`)
  const required = rows.filter((row) => row.required === 'true' && !columns.includes(row.name)).map(({ name }) => name)
  if (required.length > 0) {
    throw new PostgresTableError(table, required, `wants a value for ${required.join(', ')} (NOT NULL, no default): add it to columns`)
  }
  if (key) await checkKey(session, table, key)
  return columns.map((column) => found.get(column) as ShapeColumn)
}

async function checkKey(session: Session, table: string, key: readonly string[]): Promise<void> {
  const { rows } = await session.texts<{ readonly names: string }>(KEYS, [table])
  const keys = rows.map(({ names }) => JSON.parse(names) as string[])
  const same = keys.some((names) => names.length === key.length && names.every((name) => key.includes(name)))
  if (same) return
  const have = keys.map((names) => names.join(' + ')).join(', or ')
  throw new PostgresTableError(table, key, `has no unique index or primary key on ${key.join(' + ')}${have === '' ? '' : `; it has one on ${have}`}`)
}
