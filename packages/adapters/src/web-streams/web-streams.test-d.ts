import { expectTypeOf, it } from 'vitest'
import { from, toArray, type Operator, type Pipeline, type Source } from '@sluice/core'
import { asTransform, asWritable, fromReadable, throughTransform, toReadable, toWritable } from './index'

declare const lengths: Operator<string, number>

it('carries the values of the stream', () => {
  expectTypeOf(fromReadable(new ReadableStream<number>())).toEqualTypeOf<Source<number>>()
  expectTypeOf(fromReadable(new ReadableStream<Uint8Array>(), { byob: { size: 8 } })).toEqualTypeOf<Source<Uint8Array>>()
  expectTypeOf(toReadable(from(['a']))).toEqualTypeOf<ReadableStream<string>>()
  expectTypeOf(from([1]).to(toWritable(new WritableStream<number>()))).toEqualTypeOf<Pipeline<number>>()
  expectTypeOf(from(['a']).pipe(throughTransform(() => new TransformStream<string, number>()))).toEqualTypeOf<Source<number>>()
})

it('carries those of the pipeline', () => {
  const ends = asTransform(lengths)
  expectTypeOf(ends.writable).toEqualTypeOf<WritableStream<string>>()
  expectTypeOf(ends.readable).toEqualTypeOf<ReadableStream<number>>()
  const { writable, run } = asWritable((source: Source<string>) => source.pipe(lengths).to(toArray()))
  expectTypeOf(writable).toEqualTypeOf<WritableStream<string>>()
  expectTypeOf(run).resolves.toEqualTypeOf<number[]>()
})
