import * as rx from 'rxjs'
import { count, from } from '@sluice/core'
import { filter, map } from '@sluice/operators'
import type { Case } from '../case'

const COUNT = 200_000
async function* generate(): AsyncGenerator<number> {
  for (let i = 0; i < COUNT; i++) yield i
}

/** An async generator through map and filter, counted. */
export const asyncGenerator: Case = {
  name: 'async-generator',
  what: 'an async generator of 200,000 numbers through map and filter, counted',
  values: COUNT,
  contenders: {
    sluice: async () => from(generate()).pipe(map((n) => n + 1), filter((n) => n % 2 === 0)).to(count()).run(),
    'for await': async () => {
      let kept = 0
      for await (const n of generate()) {
        const next = n + 1
        if (next % 2 === 0) kept++
      }
      return kept
    },
    rxjs: () => rx.lastValueFrom(rx.from(generate()).pipe(rx.map((n) => n + 1), rx.filter((n) => n % 2 === 0), rx.count())),
  },
  goals: [{ rival: 'for await', atLeast: 1 / 1.15 }, { rival: 'rxjs', atLeast: 1 }],
}
