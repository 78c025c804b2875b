import { expectTypeOf, it } from 'vitest'
import type { Emitter } from './from-producer'

it('push can be taken out of the emitter: it is a function of its own, no method', () => {
  // Methods are compared both ways, functions only the safe way: an emitter for one kind of value takes no other.
  expectTypeOf<Emitter<'a'>>().not.toExtend<Emitter<string>>()
  expectTypeOf<Emitter<string>>().toExtend<Emitter<'a'>>()
})
