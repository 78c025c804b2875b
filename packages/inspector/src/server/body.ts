import type { IncomingMessage } from 'node:http'
import type { Control } from '../wire/frames'

/** Bytes that a request may have. */
const MOST_BYTES = 4096

/** The body of a request; undefined where it is too large or is cut off. */
export async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length
      if (bytes > MOST_BYTES) return undefined
      chunks.push(chunk)
    }
  } catch {
    return undefined
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** What is asked for; undefined where the body is no JSON or asks for nothing that is known. */
export function controlOf(body: string): Control | undefined {
  let given: unknown
  try {
    given = JSON.parse(body)
  } catch {
    return undefined
  }
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined
  const { run, action, stage, value, limit, concurrency, perSecond } = given as Readonly<Record<string, unknown>>
  if (action === 'limit') {
    if (typeof limit !== 'string' || !isMaybeNumber(concurrency) || !isMaybeNumber(perSecond)) return undefined
    return { action, limit, ...(concurrency !== undefined && { concurrency }), ...(perSecond !== undefined && { perSecond }) }
  }
  if (!Number.isSafeInteger(run)) return undefined
  const id = run as number
  if (action === 'pause' || action === 'resume' || action === 'stop' || action === 'abort') return { run: id, action }
  if ((action === 'concurrency' || action === 'rate') && typeof stage === 'string' && typeof value === 'number') return { run: id, action, stage, value }
  return undefined
}

function isMaybeNumber(value: unknown): value is number | undefined {
  return value === undefined || typeof value === 'number'
}
