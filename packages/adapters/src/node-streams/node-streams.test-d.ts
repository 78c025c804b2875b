import { Readable, PassThrough, type Duplex } from 'node:stream'
import { expectTypeOf, it } from 'vitest'
import { from, type Operator, type Pipeline, type Source } from '@sluice/core'
import { asDuplex, fromByteBatches, fromNode, throughNode, toAsyncStreamable, toByteBatches, toByteWriter, toNode, toNodeWritable, type ByteBatches } from './index'

declare const doubled: Operator<number, number>

it('has bytes, or what it is told', () => {
  expectTypeOf(fromNode(Readable.from([]))).toEqualTypeOf<Source<Buffer>>()
  expectTypeOf(fromNode<number>(() => Readable.from([1]))).toEqualTypeOf<Source<number>>()
  expectTypeOf(from(['a']).pipe(throughNode(() => new PassThrough()))).toEqualTypeOf<Source<Buffer>>()
  expectTypeOf(from([1]).pipe(throughNode<number, string>(() => new PassThrough({ objectMode: true })))).toEqualTypeOf<Source<string>>()
  expectTypeOf(from(['a']).to(toNodeWritable(new PassThrough()))).toEqualTypeOf<Pipeline<number>>()
  expectTypeOf(toNode(from([1]))).toEqualTypeOf<Readable>()
  expectTypeOf(asDuplex(doubled)).toEqualTypeOf<Duplex>()
})

it('has lists of bytes for node:stream/iter', () => {
  const bytes = from([new Uint8Array(1)])
  expectTypeOf(fromByteBatches([[new Uint8Array(1)]])).toEqualTypeOf<Source<Uint8Array>>()
  expectTypeOf(fromByteBatches({ [toAsyncStreamable]: () => [] })).toEqualTypeOf<Source<Uint8Array>>()
  expectTypeOf(toByteBatches(bytes)).toExtend<ByteBatches>()
  expectTypeOf(bytes.to(toByteWriter({ write: () => Promise.resolve() }))).toEqualTypeOf<Pipeline<number>>()
  // @ts-expect-error: bytes only
  toByteBatches(from([1]))
})
