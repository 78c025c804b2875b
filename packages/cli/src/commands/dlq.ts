import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { DeadItem, DeadItems, DurableQueue } from '@sluice/core/durable'
import { printable } from '@sluice/inspector'
import type { Asked } from '../command-line'
import { say } from '../say'
import { UsageError } from '../usage-error'

/** What is needed of `@sluice/adapters/sqlite`. */
interface SqliteAdapter {
  readonly sqliteQueue: (database: string, options: { readonly name: string }) => DurableQueue
  readonly sqliteQueues: (database: string) => Promise<readonly string[]>
}

/** Letters that are read at once. */
const PAGE = 100
const SHOWN_CHARACTERS = 200

/** Tends the dead letters of a queue in a SQLite file: lists them, puts them back, or deletes them. */
export async function dlq({ words, options }: Asked): Promise<number> {
  const [action = '', file = '', name] = words
  if (!['list', 'redrive', 'purge'].includes(action)) throw new UsageError(`sluice dlq: ${JSON.stringify(action)} is none of list, redrive, purge`)
  const path = resolve(file)
  if (!existsSync(path)) throw new UsageError(`No such file: ${path}`)
  const { sqliteQueue, sqliteQueues } = await adapter()
  const queue = sqliteQueue(path, { name: chosen(await sqliteQueues(path), name, path) })
  const dead = queue.deadItems as DeadItems
  const ids = typeof options['id'] === 'string' ? options['id'].split(',') : undefined
  if (action === 'list') await list(dead, options['json'] === true)
  else if (action === 'redrive') await say(`${await dead.redrive(ids)} put back\n`)
  else if (ids === undefined && options['all'] !== true) throw new UsageError('sluice dlq purge: say which by --id 7,9, or --all')
  else await say(`${await dead.purge(ids)} deleted\n`)
  return 0
}

function chosen(names: readonly string[], given: string | undefined, path: string): string {
  if (names.length === 0) throw new UsageError(`There is no queue of sluice in ${path}`)
  const name = given ?? (names.length === 1 ? names[0] : undefined)
  if (name !== undefined && names.includes(name)) return name
  throw new UsageError(`sluice dlq: ${given === undefined ? 'say which queue' : `there is no queue ${JSON.stringify(given)}`}: ${names.join(', ')}`)
}

async function list(dead: DeadItems, asJson: boolean): Promise<void> {
  let count = 0
  for (let after = '0'; ; ) {
    const page = await dead.list(PAGE, after)
    for (const item of page) await say(asJson ? `${JSON.stringify(plain(item))}\n` : line(item))
    count += page.length
    const last = page.at(-1)
    if (last === undefined || page.length < PAGE) break
    after = last.id
  }
  if (count === 0 && !asJson) await say('No dead letters.\n')
}

function line({ id, at, attempts, reason, body }: DeadItem): string {
  const text = new TextDecoder().decode(body.subarray(2))
  return `${id.padStart(8)}  ${new Date(at).toISOString()}  ${attempts} ${attempts === 1 ? 'try' : 'tries'}  ${printable(reason, SHOWN_CHARACTERS)}\n          ${printable(text, SHOWN_CHARACTERS)}\n`
}

function plain({ id, at, attempts, reason, headers, body }: DeadItem): object {
  return { id, at: new Date(at).toISOString(), attempts, reason, headers, body: new TextDecoder().decode(body.subarray(2)) }
}

/** From the project in which the command is given, which has the library of SQLite as well; else from here. */
async function adapter(): Promise<SqliteAdapter> {
  for (const place of [join(process.cwd(), 'here'), import.meta.url]) {
    try {
      return (await import(pathToFileURL(createRequire(place).resolve('@sluice/adapters/sqlite')).href)) as SqliteAdapter
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    }
  }
  throw new UsageError('sluice dlq needs @sluice/adapters in this project: npm install @sluice/adapters')
}
