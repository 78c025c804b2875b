import { describe, expect, it } from 'vitest'
import { drain, forEach, from, range, type Run, type StageTime } from '@sluice/core'
import { mapAsync } from './index'

const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

async function* burstThenCalm(): AsyncGenerator<number> {
  yield* range(0, 30_000)
  for (;;) {
    await sleep(60)
    yield -1
  }
}

/** How much of the next 900 ms a stage is in `calling`. */
async function shareOfCalls(run: Run<unknown>, name: string): Promise<number> {
  const time = (): StageTime => run.stats().stages.find((stage) => stage.name === name)?.time as StageTime
  const before = time()
  await sleep(900)
  const after = time()
  const passed = (Object.keys(before) as (keyof StageTime)[]).reduce((sum, state) => sum + after[state] - before[state], 0)
  return (after.callingMs - before.callingMs) / passed
}

/** 60 ms for the next value, 40 of which the call of the last one takes. */
const call = async (n: number): Promise<void> => { if (n < 0) await sleep(40) }
const RUNS = {
  'an operator': () => from(burstThenCalm()).pipe(mapAsync(call, { concurrency: 2, name: 'call' })).to(drain()).run(),
  'a sink': () => from(burstThenCalm()).to(forEach(call, { concurrency: 2, name: 'call' })).run(),
}

describe('F5: a stage that was busy a moment ago is told as it is now, and not as it was then', () => {
  it.each(Object.entries(RUNS))('%s', async (_which, start) => {
    const run = start()
    run.catch(() => {})
    while ((run.stats().stages.find(({ name }) => name === 'call')?.in ?? 0) < 30_000) await sleep(5)
    expect(await shareOfCalls(run, 'call')).toBeCloseTo(2 / 3, 0.9)
    await run.abort().then(() => {}, () => {})
  })
})
