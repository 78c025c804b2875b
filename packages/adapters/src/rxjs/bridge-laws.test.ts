import { asapScheduler, map, observeOn, of, ReplaySubject, Subject, from as rxFrom } from 'rxjs'
import { describe, it } from 'vitest'
import { type Operator } from '@sluice/core'
import { mapping } from '@sluice/core/authoring'
import { operatorLaws, sinkLaws, sourceLaws, type LawCase } from '@sluice/testing'
import { asRxOperator, fromObservable, fromSubject, throughRx, toObservable, toSubject } from '@sluice/adapters/rxjs'
import { bridgeLaws, type BridgeEntry } from '../../test/bridge-laws'
import { sinkEnd, sourceEnd } from '../../test/ends/pipeline-ends'
import { subjectEnd, subscriberEnd } from '../../test/ends/rx-ends'
import { overflowLaws } from '../../test/overflow-laws'
import { passageLaws } from '../../test/passage-laws'
import { throughLaws } from '../../test/through-laws'

const same = (): Operator<unknown, unknown> => mapping('same', () => (value: unknown) => value)
/** Where nobody can be held back there has to be room for what the cases push; what becomes of the rest: overflow-laws. */
const ROOM = { capacities: [1000] }

const entries: BridgeEntry[] = [
  ...Object.entries({ fromObservable, fromSubject }).map(([name, from]): BridgeEntry => ({
    name,
    ...ROOM,
    open(capacity, signal) {
      const subject = new Subject<unknown>()
      return { into: subjectEnd(subject), outOf: sinkEnd((sink) => from(subject, { capacity, overflow: 'fail' }).to(sink).run({ signal }), 1) }
    },
  })),
  {
    name: 'toObservable',
    ...ROOM,
    open(_capacity, signal) {
      const into = sourceEnd()
      return { into, outOf: subscriberEnd(toObservable(into.source, { signal })) }
    },
  },
  {
    name: 'toSubject',
    ...ROOM,
    open(_capacity, signal) {
      const into = sourceEnd()
      const subject = new Subject<unknown>()
      const subscriber = subscriberEnd(subject)
      const run = into.source.to(toSubject(subject)).run({ signal })
      run.then(() => {}, () => {})
      // A subject goes on without its subscribers: whoever runs it leaves.
      return { into, outOf: { ...subscriber, leave: (reason) => run.abort(reason), givesReasons: true } }
    },
  },
  {
    name: 'asRxOperator',
    ...ROOM,
    open(capacity) {
      const subject = new Subject<unknown>()
      return { into: subjectEnd(subject), outOf: subscriberEnd(subject.pipe(asRxOperator(same(), { capacity }))) }
    },
    abortable: false,
  },
  {
    name: 'throughRx',
    capacities: [1, 2, 7],
    open(capacity, signal) {
      const into = sourceEnd()
      return { into, outOf: sinkEnd((sink) => into.source.pipe(throughRx({ capacity }, map((value: unknown) => value))).to(sink).run({ signal })) }
    },
    // One value goes in at a time, and the next when what came of it is out.
    ahead: () => 1,
  },
]

const register = (laws: readonly LawCase[]): void => { for (const { name, run } of laws) it(name, run) }
/** Room for all the values of a case. */
const ALL = { capacity: 1000, overflow: 'fail' } as const

describe.each(entries)('$name under law', (entry) => { register(bridgeLaws(entry)) })

describe.each(Object.entries({ fromObservable, fromSubject }))('%s under law', (name, from) => {
  register(overflowLaws({
    name,
    open(options) {
      const subject = new Subject<unknown>()
      return { source: from(subject, options), push: (value) => { subject.next(value) }, end: () => { subject.complete() } }
    },
  }))
  register(passageLaws({
    name: `toSubject and ${name}`,
    open() {
      const subject = new Subject<unknown>()
      return { sink: toSubject(subject), source: from(subject, ALL), held: () => (subject.observed ? 1 : 0) }
    },
  }))
})

describe('as source, sink and operator', () => {
  const values = [1, undefined, null, 0, 5]
  register(sourceLaws({ name: 'fromObservable', expected: values, make: () => fromObservable(of(...values), ALL) }))
  register(sourceLaws({ name: 'fromObservable, over time', expected: values, make: () => fromObservable(rxFrom(values).pipe(observeOn(asapScheduler)), ALL) }))
  register(sinkLaws({ name: 'toSubject', expected: ({ length }) => length, make: () => toSubject(new ReplaySubject()) }))
  for (const capacity of [1, 7]) {
    register(operatorLaws({ name: `throughRx, capacity ${capacity}`, make: () => throughRx({ capacity }, map((value: unknown) => value)), reference: (all) => [...all], ahead: 1 }))
  }
})

describe('there and back again', () => {
  for (const capacity of [1, 2, 7]) {
    register(throughLaws({ name: `throughRx, capacity ${capacity}`, through: () => throughRx({ capacity }, map((value: unknown) => value)), capacity: 1 }))
  }
  register(throughLaws({
    name: 'out through toObservable, back through fromObservable',
    through: () => (upstream) => fromObservable(toObservable(upstream), ALL),
    silent: true,
  }))
})
