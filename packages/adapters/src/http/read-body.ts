/** An answer that is longer than allowed: not worth another try. */
export class ResponseTooLongError extends Error {
  override readonly name = 'ResponseTooLongError'
  readonly code = 'SLUICE_RESPONSE_TOO_LONG'

  constructor(readonly maxBytes: number) {
    super(`the answer is longer than ${maxBytes} bytes; is it the right address, or maxBytes too small?`)
  }
}

/** The text of an answer, at most so many bytes of it. Longer ones are cut, or refused. */
export async function readBody(response: Response, maxBytes: number, longer: 'cut' | 'refuse'): Promise<string> {
  const reader = response.body?.getReader()
  if (!reader) return ''
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = (await reader.read()) as { done: boolean; value?: Uint8Array }
    if (done || !value) return text + decoder.decode()
    bytes += value.length
    if (bytes > maxBytes) {
      // Not awaited: a server that goes on sending would hold us up.
      reader.cancel().catch(() => {})
      if (longer === 'refuse') throw new ResponseTooLongError(maxBytes)
      return text + decoder.decode(value.subarray(0, value.length - (bytes - maxBytes)), { stream: true })
    }
    text += decoder.decode(value, { stream: true })
  }
}
