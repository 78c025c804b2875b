import { expectTypeOf, test } from 'vitest'
import {
  diagnose, explain, from, graphOf, setConcurrency, setRate, tapStage, toArray, watchFailures,
  type Diagnosis, type Explanation, type HazardId, type ItemFailure, type StageGraph, type Verdict, type Warning,
} from '@sluice/core'
import { Gauge, watchWarnings, type JointMeasure, type QueueProbe } from '@sluice/core/authoring'

const source = from([1])
const pipeline = source.to(toArray())
const run = pipeline.run()
const stats = run.stats()

// Type-checked, never run.
const neverCalled: (call: () => unknown) => void = () => undefined

test('whoever looks on is handed what nobody knows the type of, and a way to end', () => {
  expectTypeOf(tapStage(run, 'from', (value, unseen) => {
    expectTypeOf(value).toBeUnknown()
    expectTypeOf(unseen).toBeNumber()
  }, { perSecond: 5 })).toEqualTypeOf<() => void>()
  expectTypeOf(watchFailures(run, (failure) => {
    expectTypeOf(failure).toEqualTypeOf<ItemFailure>()
    expectTypeOf(failure.item).toBeUnknown()
    expectTypeOf(failure.error).toBeUnknown()
    expectTypeOf(failure.fate).toEqualTypeOf<'retried' | 'skipped' | 'nacked' | 'deadLettered' | 'failed'>()
    expectTypeOf(failure.retryAfterMs).toEqualTypeOf<number | null>()
  })).toEqualTypeOf<() => void>()
  expectTypeOf(watchWarnings((warning) => { expectTypeOf(warning).toEqualTypeOf<Warning>() })).toEqualTypeOf<() => void>()
  expectTypeOf(watchWarnings(() => undefined, run)).toEqualTypeOf<() => void>()
})

test('a stage of any run is changed', () => {
  expectTypeOf(setConcurrency).returns.toBeBoolean()
  expectTypeOf(setRate).returns.toBeBoolean()
  neverCalled(() => {
    setConcurrency(run, 'from', 2)
    setRate(run, 'from', 5)
    setRate(run, 'from', { count: 1, perMs: 5, burst: 2 })
    // @ts-expect-error a rate needs its count
    setRate(run, 'from', { perMs: 1 })
    // @ts-expect-error a pipeline that does not run has nothing to be changed
    setConcurrency(pipeline, 'from', 2)
    // @ts-expect-error it is a number
    setConcurrency(run, 'from', '2')
    // @ts-expect-error no such option
    tapStage(run, 'from', () => undefined, { perMinute: 1 })
  })
})

test('a diagnosis is of a run, or of one or two pictures of it', () => {
  expectTypeOf(diagnose(run)).toEqualTypeOf<Diagnosis>()
  expectTypeOf(diagnose(run, { allow: ['queue-empty'] }).verdict).toEqualTypeOf<Verdict | 'healthy'>()
  expectTypeOf(diagnose(stats)).toEqualTypeOf<Diagnosis>()
  expectTypeOf(diagnose(stats, stats, { allow: [] }).findings[0]!.severity).toEqualTypeOf<'info' | 'advice' | 'problem'>()
  // What another process has sent is as good.
  expectTypeOf(diagnose({ stats: () => stats })).toEqualTypeOf<Diagnosis>()
  neverCalled(() => {
    // @ts-expect-error no such verdict
    diagnose(run, { allow: ['slow'] })
    // @ts-expect-error a run looks back by itself
    diagnose(run, stats)
    // @ts-expect-error a pipeline that does not run has nothing to tell
    diagnose(pipeline)
  })
})

test('what is told before a run is of a pipeline or a source, and the graph of a run, too', () => {
  expectTypeOf(explain(pipeline)).toEqualTypeOf<Explanation>()
  expectTypeOf(explain(source).hazards[0]!.id).toEqualTypeOf<HazardId>()
  expectTypeOf(graphOf(pipeline)).toEqualTypeOf<StageGraph>()
  expectTypeOf(graphOf(source).of).toEqualTypeOf<'pipeline' | 'run'>()
  expectTypeOf(graphOf(run)).toEqualTypeOf<StageGraph>()
  neverCalled(() => {
    // @ts-expect-error what a run has read is told by the run
    explain(run)
    // @ts-expect-error a sink is no pipeline
    explain(toArray())
    // @ts-expect-error values are no source
    graphOf([1])
  })
})

test('a gauge shows what its owner holds', () => {
  const gauge = new Gauge({ size: 0, capacity: 1, weight: 0, maxWeight: 5, isOrdered: false })
  expectTypeOf(gauge).toExtend<QueueProbe>()
  expectTypeOf(gauge.measure({ now: () => 0, after: () => () => undefined })).toEqualTypeOf<JointMeasure>()
  expectTypeOf(gauge.weight).toEqualTypeOf<number | undefined>()
  // @ts-expect-error it cannot tell when there is no room
  neverCalled(() => new Gauge({ size: 0 }))
})
