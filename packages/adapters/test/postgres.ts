import pg from 'pg'

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

const SERVER: pg.PoolConfig = {
  host: process.env.PGHOST ?? '127.0.0.1', port: Number(process.env.PGPORT ?? 5432), user: process.env.PGUSER ?? 'postgres', database: process.env.PGDATABASE ?? 'test',
}

/** Undefined where no server answers: then tests are skipped, with a line that says so; in CI they fail. */
export async function testSchema(): Promise<TestSchema | undefined> {
  const schema = `sluice_${process.pid}_${Math.floor(Math.random() * 1e9).toString(36)}`
  const pools: pg.Pool[] = []
  const newPool = (config: pg.PoolConfig = {}): pg.Pool => {
    const pool = new pg.Pool({ ...SERVER, application_name: schema, options: `-c search_path=${schema}`, ...config })
    // An idle connection that a test has cut.
    pool.on('error', () => {})
    pools.push(pool)
    return pool
  }
  const pool = newPool()
  try {
    await pool.query(`CREATE SCHEMA ${schema}`)
  } catch (error) {
    await pool.end()
    if (process.env.CI === 'true') throw error
    console.warn(`No PostgreSQL on ${SERVER.host}:${SERVER.port} (${String(error)}). Its tests are skipped: install postgresql, or set PGHOST.`)
    return undefined
  }
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
    },
  }
}
