import { connectRuns, showRuns } from '@sluice/inspector'
import type { Asked } from '../command-line'
import { say } from '../say'
import { chosenProcess } from './processes'

/** Shows the runs of an inspected process on the terminal, until they have ended. */
export async function top(asked: Asked): Promise<number> {
  const runs = await connectRuns(chosenProcess(asked).url)
  await new Promise<void>((resolve) => { showRuns(runs, {}, resolve) })
  return 0
}

/** Tells the address of the live page. */
export async function inspect(asked: Asked): Promise<number> {
  await say(`${chosenProcess(asked).url}\n`)
  return 0
}
