import { expectTypeOf, it } from 'vitest'
import { drain, forEach, from, Topic, type Operator, type Source } from '@sluice/core'
import { alsoTo, balance, broadcast, filter, map, partition, publish, route, share, unzip, wireTap } from '../index'

const toText = (source: Source<number>) => source.pipe(map((n) => String(n)))

it('broadcast emits what its branches emit, sinks nothing', () => {
  expectTypeOf(from([1]).pipe(broadcast([
    (s) => s.pipe(map((n) => String(n))),
    (s) => s.pipe(filter((n) => n > 1)),
    (s) => s.to(drain()),
  ]))).toEqualTypeOf<Source<string | number>>()
  expectTypeOf(from([1]).pipe(broadcast([(s) => s.to(drain())]))).toEqualTypeOf<Source<never>>()
  expectTypeOf(from([1]).pipe(map((n) => n), broadcast([(s) => s.pipe(map((n) => String(n)))]), map((t) => t.length))).toEqualTypeOf<Source<number>>()
  expectTypeOf(broadcast([toText, (s: Source<number>) => s], { onDrop: (n) => n.toFixed() })).toEqualTypeOf<Operator<number, string | number>>()
  // @ts-expect-error: text is no number
  from(['a']).pipe(broadcast([toText]))
})

it('route knows the names of its branches', () => {
  expectTypeOf(from([1]).pipe(route({ odd: (s) => s.pipe(map((n) => String(n))), even: (s) => s }, (n) => (n % 2 ? 'odd' : 'even')))).toEqualTypeOf<Source<string | number>>()
  expectTypeOf(from([1]).pipe(route({ odd: (s) => s.to(drain()) }, (n) => String(n), {
    otherwise: (s) => s.pipe(map((n) => n > 1)),
    onDrop: (value, branch) => {
      expectTypeOf(value).toBeNumber()
      expectTypeOf(branch).toEqualTypeOf<'odd' | 'otherwise'>()
    },
  }))).toEqualTypeOf<Source<boolean>>()
  expectTypeOf(from([1]).pipe(route({ all: (s) => s }, () => 'all', { slowBranch: 'drop', onError: 'skip' }))).toEqualTypeOf<Source<number>>()
  // @ts-expect-error: a boolean is no name
  from([1]).pipe(route({ odd: (s) => s, even: (s) => s }, (n) => n % 2 === 0))
})

it('partition narrows both branches by a type guard', () => {
  expectTypeOf(from([1]).pipe(partition((n) => n > 1, (s) => s.pipe(map((n) => String(n))), (s) => s.to(drain())))).toEqualTypeOf<Source<string>>()
  expectTypeOf(from<string | number>([1]).pipe(partition(
    (value) => typeof value === 'string',
    (s) => s.pipe(map((text) => [text])),
    (s) => s.pipe(map((n) => ({ n }))),
  ))).toEqualTypeOf<Source<string[] | { n: number }>>()
})

it('balance emits what its branch emits', () => {
  expectTypeOf(from([1]).pipe(balance(3, (s) => s.pipe(map((n) => String(n)))))).toEqualTypeOf<Source<string>>()
  expectTypeOf(from([1]).pipe(balance(3, toText))).toEqualTypeOf<Source<string>>()
})

it('alsoTo and wireTap change nothing', () => {
  expectTypeOf(from([1]).pipe(alsoTo(drain()))).toEqualTypeOf<Source<number>>()
  expectTypeOf(from([1]).pipe(alsoTo((s) => s.pipe(map((n) => n.toFixed())).to(drain()), { onDrop: (n) => n.toFixed() }))).toEqualTypeOf<Source<number>>()
  expectTypeOf(from([1]).pipe(wireTap(forEach((n: number) => n.toFixed())), map((n) => String(n)))).toEqualTypeOf<Source<string>>()
  const numbers = forEach((n: number) => n.toFixed())
  expectTypeOf(from([1, 2] as const).pipe(alsoTo(numbers), wireTap(numbers), map((n) => n))).toEqualTypeOf<Source<1 | 2>>()
  // @ts-expect-error: a source is no pipeline
  from([1]).pipe(alsoTo((s) => s))
  // @ts-expect-error: text is no number
  from(['a']).pipe(alsoTo(numbers))
})

it('publish changes nothing, and its topic takes what there is', () => {
  const topic = new Topic<number>({ capacity: 1 })
  expectTypeOf(from([1]).pipe(publish(topic))).toEqualTypeOf<Source<number>>()
  // @ts-expect-error: text is no number
  from(['a']).pipe(publish(topic))
})

it('unzip knows the parts', () => {
  const pairs: [number, string][] = [[1, 'a']]
  expectTypeOf(from(pairs).pipe(unzip([(s) => s.pipe(map((n) => n > 1)), (s) => s.pipe(map((text) => text.length))]))).toEqualTypeOf<Source<boolean | number>>()
  expectTypeOf(from(pairs).pipe(unzip([(s) => s, (s) => s.to(drain())]))).toEqualTypeOf<Source<number>>()
})

it('share is a source of the same', () => {
  const shared = share(from([1]), { onDrop: (n) => n.toFixed() })
  expectTypeOf(shared.pipe(map((n) => String(n)))).toEqualTypeOf<Source<string>>()
  expectTypeOf(shared.reader({ policy: 'drop-oldest', lag: 1 })).toEqualTypeOf<Source<number>>()
})
