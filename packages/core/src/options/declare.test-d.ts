import { expectTypeOf, test } from 'vitest'
import type { OnError } from '../index'
import { declare, decision, flagged, fn, maybeFn, ms, whole, words, type Given } from '../authoring'

interface Options<A> {
  readonly concurrency: number
  readonly capacity?: number | undefined
  readonly timeoutMs?: number
  readonly eager?: boolean | undefined
  readonly order?: 'kept' | 'any' | undefined
  readonly key?: ((value: A) => string) | undefined
  readonly onError?: OnError<A> | undefined
  readonly name?: string | undefined
}

const MINE = declare('mine', () => ({
  args: { use: fn },
  options: { concurrency: whole(), capacity: whole(0).or(16), timeoutMs: ms().maybe(), eager: flagged, order: words('kept', 'any').or('kept'), key: maybeFn, onError: decision },
}))

test('what is read has the types that were given: without undefined where it is required or has a default', () => {
  const read = (options: Options<Date>) => MINE.read(options, { use: () => {} })
  expectTypeOf(read).returns.toHaveProperty('concurrency').toEqualTypeOf<number>()
  expectTypeOf(read).returns.toHaveProperty('capacity').toEqualTypeOf<number>()
  expectTypeOf(read).returns.toHaveProperty('timeoutMs').toEqualTypeOf<number | undefined>()
  expectTypeOf(read).returns.toHaveProperty('eager').toEqualTypeOf<boolean>()
  expectTypeOf(read).returns.toHaveProperty('order').toEqualTypeOf<'kept' | 'any'>()
  expectTypeOf(read).returns.toHaveProperty('key').toEqualTypeOf<((value: Date) => string) | undefined>()
  expectTypeOf(read).returns.toHaveProperty('onError').toEqualTypeOf<OnError<Date> | undefined>()
  expectTypeOf(read).returns.toHaveProperty('name').toEqualTypeOf<string>()
})

test('what is read of nothing in particular has the types of the declaration', () => {
  expectTypeOf<Given<{ order: ReturnType<typeof words<'a' | 'b'>> }>['order']>().toEqualTypeOf<'a' | 'b'>()
})

test('options that are not declared, and arguments that are, do not compile', () => {
  // @ts-expect-error: limit is not declared
  MINE.read({ concurrency: 1, limit: 3 }, { use: () => {} })
  // @ts-expect-error: the argument is called use
  MINE.read({ concurrency: 1 }, { call: () => {} })
})
