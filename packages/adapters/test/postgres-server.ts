import { spawn, spawnSync, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { freePort } from './free-port'

/** A PostgreSQL server of a test file's own. */
export interface PostgresServer {
  readonly config: pg.PoolConfig
  readonly stop: () => Promise<void>
}

/** Where Debian puts what only the server needs. */
const DEBIAN = '/usr/lib/postgresql'

function binaries(): string | undefined {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : []
  return [...versions.map((version) => join(DEBIAN, version, 'bin')), ...(process.env.PATH ?? '').split(':')]
    .find((folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')))
}

/** PostgreSQL will not run as root. */
function owner(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string): number => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout)
  return { uid: id('-u'), gid: id('-g') }
}

/** Starts a server on a free port of the loopback, in a folder of its own; undefined where PostgreSQL is not installed. */
export async function startPostgres(): Promise<PostgresServer | undefined> {
  const folder = binaries()
  if (folder === undefined) return undefined
  const data = mkdtempSync(join(tmpdir(), 'sluice-postgres-'))
  const as = owner()
  if (as) chownSync(data, as.uid, as.gid)
  const options: SpawnOptions = { ...as, cwd: data, stdio: ['ignore', 'ignore', 'pipe'] }
  const made = spawnSync(join(folder, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'], { ...options, encoding: 'utf8' })
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`)
  const port = await freePort()
  const settings = [`listen_addresses=127.0.0.1`, `unix_socket_directories=${data}`, 'fsync=off', 'max_connections=50'].flatMap((setting) => ['-c', setting])
  const server = spawn(join(folder, 'postgres'), ['-D', data, '-p', String(port), ...settings], { ...options, stdio: 'ignore' })
  const gone = once(server, 'exit')
  const stop = async (): Promise<void> => {
    // A fast shutdown: it waits for nobody.
    server.kill('SIGINT')
    await gone
    rmSync(data, { recursive: true, force: true })
  }
  const config = { host: '127.0.0.1', port, user: 'postgres', database: 'postgres' }
  await answering(config, server)
  return { config, stop }
}

/** Waits until it lets somebody in. */
async function answering(config: pg.PoolConfig, server: { readonly exitCode: number | null }): Promise<void> {
  for (let tries = 1; ; tries++) {
    const client = new pg.Client(config)
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      if (tries === 200 || server.exitCode !== null) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
