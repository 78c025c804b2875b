import type { ServerInfo } from '@nats-io/transport-node'
import type { Capabilities } from '@sluice/core/durable'
import { coded } from '@sluice/core/authoring'
import type { Checked } from './nats-queue'
import type { StoreState } from './stores'

/** What headers take of a message, at most: keys, headers of the item, those of the server. */
const FOR_HEADERS = 16 * 1024
const NODES = 3

const ALWAYS = {
  slack: 0, order: 'until-redelivery', acks: 'each', acksConfirmed: false, lease: 'delivery', extend: true, attempts: 'deliveries', delay: 'holds-slot', priority: false,
  fencing: false, dead: 'confirmed-copy',
} as const satisfies Partial<Capabilities>

/** What is known of a queue before its server is asked. */
export function knownOf({ capacity, dedupMs, maxBytes, replicas, survives }: Checked): Partial<Capabilities> {
  return {
    ...ALWAYS, ...(capacity !== undefined && { bound: 'exact' }), ...(dedupMs !== undefined && { dedupMs }), ...(maxBytes !== undefined && { maxBytes }),
    ...(replicas !== undefined && { survives: survivalOf(replicas, survives) }),
  }
}

/** @throws Error for what the server cannot do. */
export function capabilitiesOf({ name, maxBytes, survives }: Checked, { capacity, dedupMs, replicas }: StoreState, server: ServerInfo | undefined): Capabilities {
  const { version = '' } = server ?? {}
  const most = largestOf(undefined, server)
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (survives === 'host' && major === 2 && minor < 10) throw coded('SLUICE_NATS', new Error(`natsQueue '${name}': survives 'host' needs a server of version 2.10 or newer, with sync_interval: always, and this one is ${version}`))
  if (maxBytes !== undefined && maxBytes > most) throw coded('SLUICE_NATS', new Error(`natsQueue '${name}': maxBytes ${maxBytes} is more than ${most}, which the server takes as one message besides ${FOR_HEADERS} bytes of headers (max_payload)`))
  return { ...ALWAYS, bound: capacity === Infinity ? 'none' : 'exact', dedupMs, maxBytes: maxBytes ?? most, survives: survivalOf(replicas, survives) }
}

/** The largest body. */
export function largestOf(maxBytes: number | undefined, server: ServerInfo | undefined): number {
  return maxBytes ?? (server?.max_payload ?? 1024 * 1024) - FOR_HEADERS
}

function survivalOf(replicas: number, survives: 'process' | 'host'): Capabilities['survives'] {
  return replicas >= NODES ? 'node-loss' : survives
}
