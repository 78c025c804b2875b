import { Piscina } from 'piscina'
import { mapWorkers, type MapWorkersOptions } from '@sluice/adapters/workers'
import { count, from, range, reduce } from '@sluice/core'
import { map } from '@sluice/operators'
import type { Case } from '../case'

const script = new URL('./square.worker.mjs', import.meta.url)
/** Threads without the loader of TypeScript that this process has: it takes longer to load than all the rest. */
const execArgv: string[] = []
const onThreads = (options: MapWorkersOptions<number>) => mapWorkers<number, number>(script, { worker: { execArgv }, ...options })
const add = (sum: number, value: number): number => sum + value

const HEAVY = 2000
const ROUNDS = 100_000
const LIGHT = 50_000

const heavy = async (threads: number): Promise<number> =>
  from(Array.from({ length: HEAVY }, () => ROUNDS)).pipe(onThreads({ threads })).to(reduce(add, 0)).run()

/** The same work on this thread, which has nothing to start. */
async function inline(): Promise<number> {
  const { default: work } = (await import(script.href)) as { readonly default: (rounds: number) => number }
  let sum = 0
  for (let i = 0; i < HEAVY; i++) sum += work(ROUNDS)
  return sum
}

/** Piscina as its users call it: a promise for each item, 128 of them at once. */
async function piscina(): Promise<number> {
  const pool = new Piscina({ filename: script.href, minThreads: 1, maxThreads: 1, concurrentTasksPerWorker: 128, execArgv })
  let next = 0
  let done = 0
  const loop = async (): Promise<void> => {
    while (next < LIGHT) {
      next++
      await pool.run(0)
      done++
    }
  }
  await Promise.all(Array.from({ length: 128 }, loop))
  await pool.destroy()
  return done
}

/** A yardstick: so long a stage may take for an item that is no work. */
async function fiveMicroseconds(): Promise<number> {
  const until = performance.now() + LIGHT * 0.005
  while (performance.now() < until) Math.random()
  return LIGHT
}

/** Threads against none, and what it costs to have something done on one. Starting them is part of the time. */
export const workers: readonly Case[] = [
  {
    name: 'workers-heavy', what: `${HEAVY} items of about 200 µs, on two threads`, values: HEAVY,
    contenders: {
      sluice: () => heavy(2),
      'one thread': () => heavy(1),
      'this thread': inline,
    },
    goals: [{ rival: 'one thread', atLeast: 1.8 }],
  },
  {
    name: 'workers-light', what: `${LIGHT} items that are no work, on one thread, 64 in a message`, values: LIGHT,
    contenders: {
      sluice: async () => range(0, LIGHT).pipe(map(() => 0), onThreads({ threads: 1, batch: 64 })).to(count()).run(),
      piscina,
      '5 µs an item': fiveMicroseconds,
    },
    goals: [{ rival: '5 µs an item', atLeast: 1 }, { rival: 'piscina', atLeast: 3 }],
  },
]
