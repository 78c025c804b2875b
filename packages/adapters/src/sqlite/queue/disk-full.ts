const FULL = 13

/** True where the disk, or the allowance of the file, was full: the transaction was rolled back. */
export function isDiskFull(error: unknown): boolean {
  const seen = (error as { readonly cause?: unknown } | null)?.cause ?? error
  const { code, rawCode, errcode = rawCode, message } = (seen ?? {}) as Record<'code' | 'rawCode' | 'errcode' | 'message', unknown>
  return (typeof errcode === 'number' && (errcode & 255) === FULL) || String(code).startsWith('SQLITE_FULL') || /database or disk is full/.test(String(message))
}
