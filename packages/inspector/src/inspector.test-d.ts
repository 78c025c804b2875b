import { expectTypeOf, test } from 'vitest'
import { drain, from, Limit, toArray } from '@sluice/core'
import { formatReport, inspect, showProgress, stopOnSignal, top, type Inspector } from './index'

const pipeline = from([1]).to(toArray())
const run = pipeline.run()
/** Runs of different results, as a program has them. */
const runs = [run, from(['a']).to(drain()).run()]

// Type-checked, never run.
const neverCalled: (call: () => unknown) => void = () => undefined

test('a page is of one run, or of all', () => {
  expectTypeOf<Inspector>().toExtend<AsyncDisposable>()
  neverCalled(() => {
    expectTypeOf(inspect()).toEqualTypeOf<Promise<Inspector>>()
    expectTypeOf(inspect(run)).toEqualTypeOf<Promise<Inspector>>()
    expectTypeOf(inspect(run, { port: 0, limits: [new Limit({ concurrency: 1 })] })).toEqualTypeOf<Promise<Inspector>>()
    expectTypeOf(inspect({ record: 'file.gz', redact: (value) => { expectTypeOf(value).toBeUnknown(); return '…' } })).toEqualTypeOf<Promise<Inspector>>()
    // @ts-expect-error it is a number
    inspect({ port: '80' })
    // @ts-expect-error no such option
    inspect(run, { password: 'a' })
    // @ts-expect-error a pipeline that does not run has nothing to show
    inspect(pipeline)
  })
})

test('a terminal shows a run, several, or all', () => {
  neverCalled(() => {
    expectTypeOf(top()).toEqualTypeOf<() => void>()
    expectTypeOf(top(run)).toEqualTypeOf<() => void>()
    expectTypeOf(top(runs, { stream: process.stderr, input: process.stdin })).toEqualTypeOf<() => void>()
    expectTypeOf(showProgress(run, { total: 5, unit: 'rows', detail: () => 'here' })).toEqualTypeOf<() => void>()
    expectTypeOf(stopOnSignal(runs, { signals: ['SIGHUP'] })).toEqualTypeOf<() => boolean>()
    expectTypeOf(stopOnSignal(run)).toEqualTypeOf<() => boolean>()
    // @ts-expect-error a pipeline that does not run has nothing to show
    top(pipeline)
    // @ts-expect-error a share is found out each time
    showProgress(run, { share: 0.5 })
    // @ts-expect-error no such signal
    stopOnSignal(run, { signals: ['SIGSTUPID'] })
    // @ts-expect-error whoever stops nothing need not listen
    stopOnSignal()
  })
})

test('a report is of a run or of its figures', () => {
  expectTypeOf(formatReport(run)).toBeString()
  expectTypeOf(formatReport(run.stats())).toBeString()
  // @ts-expect-error a pipeline that does not run has nothing to report
  neverCalled(() => formatReport(pipeline))
})
