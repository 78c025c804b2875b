/** What may be seen of an item; undefined where `redact` throws: what must not be seen is not shown for that. */
export function redacted(item: unknown, redact: ((item: unknown) => unknown) | undefined): unknown {
  if (redact === undefined) return item
  try {
    return redact(item)
  } catch {
    return undefined
  }
}
