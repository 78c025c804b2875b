// What two runs keep of their rates beside each other: one that waits for a promise a value, an endless one that never waits
// or for microtasks only. Prints shares.
import { drain, from, range, type Run } from '@sluice/core'
import { concatMap, map, mapAsync, mergeMap, tapAsync } from '@sluice/operators'

const [resolvedBy, measureMs, beside = 'synchronous'] = process.argv.slice(2)
const sleep = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs))
const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })
async function* byMicrotask(): AsyncGenerator<number> {
  for (let i = 0; ; i++) yield i
}
async function* byMacrotask(): AsyncGenerator<number> {
  for (let i = 0; ; i++) {
    await turn()
    yield i
  }
}
const waiting = (): Run<void> => from(resolvedBy === 'microtask' ? byMicrotask() : byMacrotask()).to(drain()).run()
const ENDLESS: Record<string, () => Run<void>> = {
  synchronous: () => range(0).pipe(map((n) => n + 1)).to(drain()).run(),
  generator: () => from(byMicrotask()).to(drain()).run(),
  mapAsync: () => range(0).pipe(mapAsync(async (n) => n, { concurrency: 8 })).to(drain()).run(),
  tapAsync: () => range(0).pipe(tapAsync(async () => {}, { concurrency: 8 })).to(drain()).run(),
  concatMap: () => range(0).pipe(concatMap((n) => from([n]))).to(drain()).run(),
  mergeMap: () => range(0).pipe(mergeMap((n) => from([n]), { concurrency: 4 })).to(drain()).run(),
}
const endless = ENDLESS[beside]
if (endless === undefined) throw new Error(`no such run: ${beside}`)
const delivered = (run: Run<void>): number => run.stats().stages.at(-1)?.in ?? 0

/** Values a second of each run, side by side. */
async function rates(...starts: readonly (() => Run<void>)[]): Promise<number[]> {
  const runs = starts.map((start) => start())
  await sleep(100)
  const before = runs.map(delivered)
  const started = performance.now()
  await sleep(Number(measureMs))
  const seconds = (performance.now() - started) / 1000
  const after = runs.map(delivered)
  for (const run of runs) {
    run.then(null, () => {})
    await run.abort()
  }
  return after.map((count, i) => (count - (before[i] ?? 0)) / seconds)
}

const [waitingAlone = 1] = await rates(waiting)
const [endlessAlone = 1] = await rates(endless)
const [waitingBeside = 0, endlessBeside = 0] = await rates(waiting, endless)
process.stdout.write(JSON.stringify({ waiting: waitingBeside / waitingAlone, endless: endlessBeside / endlessAlone }))
