import { expectTypeOf, test } from 'vitest'
import type { Openable } from '../contract/source'
import type { Subscription } from './subscription'
import { Topic } from './topic'

test('a subscription has the type of its topic and may be the source of a pipeline', () => {
  const topic = new Topic<number>({ capacity: 1 })
  expectTypeOf(topic.subscribe()).toEqualTypeOf<Subscription<number>>()
  expectTypeOf(topic.subscribe()).toExtend<Openable<number>>()
  expectTypeOf(topic.subscribe().take()).resolves.toBeNumber()
  expectTypeOf(topic.subscribe().tryTake()).toEqualTypeOf<number | undefined>()
  expectTypeOf<Parameters<Topic<number>['publish']>[0]>().toBeNumber()
})

// Type-checked, never run.
const neverCalled: (call: () => unknown) => void = () => undefined

test('what must not compile', () => {
  const topic = new Topic<number>({ capacity: 1 })
  // @ts-expect-error a capacity is always stated
  neverCalled(() => new Topic<number>({}))
  // @ts-expect-error not a number
  neverCalled(() => topic.publish('1'))
  // @ts-expect-error not a policy
  neverCalled(() => topic.subscribe({ policy: 'drop' }))
  // @ts-expect-error a filter answers yes or no about a number
  neverCalled(() => topic.subscribe({ filter: (value: string) => value === '' }))
})
