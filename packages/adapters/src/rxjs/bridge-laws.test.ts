import { map, Subject } from 'rxjs'
import { describe, it } from 'vitest'
import { mapping, type Operator } from '@sluice/core'
import { asRxOperator, fromObservable, fromSubject, throughRx, toObservable } from '@sluice/adapters/rxjs'
import { bridgeLaws, type BridgeEntry } from '../../test/bridge-laws'
import { sinkEnd, sourceEnd } from '../../test/ends/pipeline-ends'
import { subjectEnd, subscriberEnd } from '../../test/ends/rx-ends'

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

describe.each(entries)('$name under law', (entry) => {
  for (const { name, run } of bridgeLaws(entry)) it(name, run)
})
