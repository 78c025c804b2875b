/** `ReadableStream.from`, which Chromium lacks. */
export function readableOf<T>(values: Iterable<T> | AsyncIterable<T>): ReadableStream<T> {
  const iterator = Symbol.asyncIterator in values ? values[Symbol.asyncIterator]() : values[Symbol.iterator]()
  return new ReadableStream<T>({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done === true) controller.close()
      else controller.enqueue(value)
    },
    async cancel(reason) { await iterator.return?.(reason) },
  }, { highWaterMark: 0 })
}
