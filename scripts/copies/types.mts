// Strict types over both builds: declarations for import and for require are two sets of types.
import { from, Limit, toArray, toQueue, type Operator, type Source } from '@sluice/core'
import { circuitBreaker, map, throttle } from '@sluice/operators'
import { merge } from 'sluice'
import type { Sink } from '@sluice/core'
import cjs = require('./types-cjs.cjs')

const doubled: Source<number> = from([1, 2]).pipe(cjs.double)
const operator: Operator<number, number> = cjs.double
const sink: Sink<number, number[]> = cjs.collect()
export const pipelines = [
  doubled.pipe(operator, throttle({ limit: cjs.limit })).to(sink),
  merge(cjs.numbers, [3]).to(toArray()),
  from(cjs.queue).to(toArray()),
  from([1]).to(toQueue(cjs.queue)),
  from(cjs.topic.subscribe()).to(toArray()),
  cjs.numbers.pipe(circuitBreaker(map((n: number) => n), { circuit: cjs.circuit })).to(toArray()),
  cjs.numbers.pipe(throttle({ limit: new Limit({ concurrency: 1 }) })).to(toArray()),
]
export const permit: Promise<import('@sluice/core').Permit> = cjs.limit.acquire()
