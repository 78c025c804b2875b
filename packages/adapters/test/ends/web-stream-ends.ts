import type { InEnd, OutEnd } from './bridge'

const ignore = (): void => {}

/** Whoever writes to a WritableStream. */
export function writerEnd(stream: WritableStream<unknown>): InEnd {
  const writer = stream.getWriter()
  let accepted = 0
  let told: { readonly reason?: unknown } | undefined
  writer.closed.then(() => { told = {} }, (reason: unknown) => { told = { reason } })
  return {
    put(value) { writer.write(value).then(() => { accepted++ }, ignore) },
    end() { writer.close().catch(ignore) },
    fail(error) { writer.abort(error).catch(ignore) },
    accepted: () => accepted,
    told: () => told,
    held: () => (told ? 0 : 1),
  }
}

/** Whoever reads a ReadableStream. */
export function readerEnd(stream: ReadableStream<unknown>): OutEnd {
  const reader = stream.getReader()
  let held = 1
  const over = (): void => { held = 0 }
  reader.closed.then(over, over)
  return {
    givesReasons: true,
    take: () => reader.read(),
    leave: (reason) => reader.cancel(reason),
    held: () => held,
  }
}
