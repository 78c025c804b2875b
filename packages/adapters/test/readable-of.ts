/** `ReadableStream.from`, which Chromium lacks. */
export function readableOf<T>(values: Iterable<T> | AsyncIterable<T>): ReadableStream<T> {
  const iterator: AsyncIterator<T> | Iterator<T> = Symbol.asyncIterator in values ? values[Symbol.asyncIterator]() : values[Symbol.iterator]()
  return new ReadableStream<T>({
    async pull(controller) {
      const result = await iterator.next()
      if (result.done === true) controller.close()
      else controller.enqueue(result.value)
    },
    async cancel(reason) { await iterator.return?.(reason) },
  }, { highWaterMark: 0 })
}
