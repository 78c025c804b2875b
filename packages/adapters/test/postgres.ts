import pg from 'pg'
import { startPostgres, type PostgresServer } from './postgres-server'

/** A schema of a test file's own, on a real server. */
export interface TestSchema {
  readonly pool: pg.Pool
  /** Its name, to be put before tables. */
  readonly schema: string
  readonly newPool: (config?: pg.PoolConfig) => pg.Pool
  /** Connections of this schema's pools that are doing something, or are in a transaction. */
  readonly busy: () => Promise<number>
  readonly drop: () => Promise<void>
}

/** The server that PGHOST names, or one of our own. */
async function serverFor(): Promise<PostgresServer | undefined> {
  const { PGHOST: host, PGPORT = '5432', PGUSER: user = 'postgres', PGDATABASE: database = 'test' } = process.env
  return host === undefined ? startPostgres() : { config: { host, port: Number(PGPORT), user, database }, stop: async () => {} }
}

/** Undefined where there is no server: then tests are skipped, with a line that says so; in CI they fail. */
export async function testSchema(): Promise<TestSchema | undefined> {
  const server = await serverFor()
  if (server === undefined) {
    const what = 'The tests of Postgres need PostgreSQL, and it is not installed: apt-get install postgresql, or set PGHOST.'
    if (process.env.CI === 'true') throw new Error(what)
    console.warn(`SKIPPED: ${what}`)
    return undefined
  }
  const schema = `sluice_${process.pid}_${Math.floor(Math.random() * 1e9).toString(36)}`
  const pools: pg.Pool[] = []
  const newPool = (config: pg.PoolConfig = {}): pg.Pool => {
    const pool = new pg.Pool({ ...server.config, application_name: schema, options: `-c search_path=${schema}`, ...config })
    // An idle connection that a test has cut.
    pool.on('error', () => {})
    pools.push(pool)
    return pool
  }
  const pool = newPool()
  await pool.query(`CREATE SCHEMA ${schema}`)
  return {
    pool, schema, newPool,
    async busy() {
      const { rows } = await pool.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = $1 AND state <> 'idle' AND pid <> pg_backend_pid()`, [schema])
      return rows[0]?.n ?? 0
    },
    async drop() {
      await pool.query(`DROP SCHEMA ${schema} CASCADE`)
      await Promise.all(pools.map((each) => each.end()))
      await server.stop()
    },
  }
}
