/*
 * A program that runs a pipeline and exports none, for tests of the command line: its arguments say how it ends.
 */
import { forEach, range } from '@sluice/core'
import { mapAsync } from '@sluice/operators'

const [how = 'well', howMany = '5'] = process.argv.slice(2)

async function main(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 20))
  const run = range(0, Number(howMany)).pipe(mapAsync(async (n) => { await new Promise((resolve) => setTimeout(resolve, 10)); return n }, { concurrency: 2, name: 'call' }))
    .to(forEach((n) => { console.log(`did ${n}`) })).run({ name: 'numbers' })
  await run
  if (how === 'badly') process.exitCode = 7
}
await main()
