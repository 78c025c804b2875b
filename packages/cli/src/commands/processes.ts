import { inspectedProcesses, printable, type Found } from '@sluice/inspector'
import type { Asked } from '../command-line'
import { say } from '../say'
import { UsageError } from '../usage-error'

/** Lists the processes that are inspected. Tokens are not shown: a list is easily passed on. */
export async function ps({ options }: Asked): Promise<number> {
  const found = inspectedProcesses()
  if (options['json'] === true) {
    await say(`${JSON.stringify(found.map(({ pid, title, startedAt }) => ({ pid, title, startedAt: new Date(startedAt).toISOString() })))}\n`)
  } else if (found.length === 0) {
    await say('No process is inspected. Start one by: sluice run FILE --inspect\n')
  } else {
    await say(found.map(({ pid, title, startedAt }) => `${String(pid).padStart(8)}  ${new Date(startedAt).toLocaleTimeString('en-GB')}  ${printable(title, 80)}\n`).join(''))
  }
  return 0
}

/**
 * The process that is meant.
 *
 * @throws UsageError where there is none, or where there are several and none is named.
 */
export function chosenProcess({ command, options }: Asked): Found {
  const found = inspectedProcesses()
  const { pid } = options
  if (pid !== undefined) {
    const named = found.find((each) => String(each.pid) === pid)
    if (named) return named
    throw new UsageError(`sluice ${command}: process ${JSON.stringify(pid)} is not inspected${found.length > 0 ? `; there are ${found.map((each) => each.pid).join(', ')}` : ''}. See sluice ps.`)
  }
  const [only, ...others] = found
  if (only === undefined) throw new UsageError(`sluice ${command}: no process is inspected. Start one by: sluice run FILE --inspect`)
  if (others.length > 0) throw new UsageError(`sluice ${command}: several processes are inspected: say which one by --pid: ${found.map(({ pid: id, title }) => `${id} (${printable(title, 40)})`).join(', ')}`)
  return only
}
