import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect as dial } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './free-port'

/** A NATS server with JetStream, of a test file's own. */
export interface NatsTestServer {
  readonly address: string
  /** Kills it, and starts it again on what is in its folder. */
  readonly killed: () => Promise<void>
  readonly stop: () => Promise<void>
}

function binary(): string | undefined {
  return ['/usr/sbin', ...(process.env['PATH'] ?? '').split(':')].map((folder) => join(folder, 'nats-server')).find((path) => existsSync(path))
}

/** Starts a server on a free port of the loopback, in a folder of its own. Undefined where none is installed: then tests are skipped, with a line that says so; in CI they fail. */
export async function startNats(): Promise<NatsTestServer | undefined> {
  const path = binary()
  if (path === undefined) {
    const what = 'The tests of JetStream need a NATS server, and it is not installed: apt-get install nats-server.'
    if (process.env['CI'] === 'true') throw new Error(what)
    console.warn(`SKIPPED: ${what}`)
    return undefined
  }
  const folder = mkdtempSync(join(tmpdir(), 'sluice-nats-'))
  const port = await freePort()
  const start = async (): Promise<ChildProcess> => {
    const child = spawn(path, ['-js', '-sd', folder, '-a', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
    await answering(port, child)
    return child
  }
  let server = await start()
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const gone = once(server, 'exit')
    server.kill(signal)
    await gone
  }
  return {
    address: `nats://127.0.0.1:${port}`,
    async killed() {
      await end('SIGKILL')
      server = await start()
    },
    async stop() {
      await end('SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Waits until it lets somebody in. */
async function answering(port: number, server: { readonly exitCode: number | null }): Promise<void> {
  for (let tries = 1; ; tries++) {
    const socket = dial(port, '127.0.0.1')
    try {
      await once(socket, 'data')
      return
    } catch (error) {
      if (tries === 200 || server.exitCode !== null) throw error
      await new Promise((resolve) => setTimeout(resolve, 25))
    } finally {
      socket.destroy()
    }
  }
}
