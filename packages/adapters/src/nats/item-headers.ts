import type { MsgHdrs } from '@nats-io/transport-node'

/** Holds the headers that NATS has no letters for, as JSON in ASCII. */
const OTHERS = 'Sluice-Headers'
const RESERVED = /^(nats|sluice)-/i
const PLAIN_NAME = /^[\w-]+$/
const PLAIN_VALUE = /^[!-~](?:[ -~]*[!-~])?$/

/** Writes the headers of an item: each as one of NATS, so that other programs see it, where NATS can have it. */
export function writeHeaders(into: MsgHdrs, headers: Readonly<Record<string, string>> | undefined): void {
  if (headers === undefined) return
  const others: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (PLAIN_NAME.test(name) && !RESERVED.test(name) && PLAIN_VALUE.test(value)) into.set(name, value)
    else others[name] = value
  }
  if (Object.keys(others).length > 0) into.set(OTHERS, JSON.stringify(others).replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`))
}

/** The headers of an item, without those of the server and of ours. */
export function readHeaders(from: MsgHdrs | undefined): Readonly<Record<string, string>> {
  if (from === undefined) return {}
  const headers: Record<string, string> = {}
  for (const name of from.keys()) if (!RESERVED.test(name)) headers[name] = from.get(name)
  const others = from.get(OTHERS)
  return others === '' ? headers : { ...headers, ...(JSON.parse(others) as Record<string, string>) }
}
